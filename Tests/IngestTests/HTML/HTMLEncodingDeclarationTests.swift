import Documents
import Ingest
import Testing

struct HTMLEncodingDeclarationTests {
  @Test(arguments: [
    ("<meta charset=koi8-r>", "koi8-r"), ("<meta charset='ISO-8859-2'>", "iso-8859-2"),
    ("<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", "windows-1251"),
    ("<meta content='text/html; charset=big5' http-equiv=content-type>", "big5"),
    ("<?xml version='1.0' encoding='iso-8859-7'?><html>", "iso-8859-7"),
    ("<!-- <meta charset=big5> --><meta charset=koi8-u>", "koi8-u"),
    ("<meta charset=utf-16>", "utf-8"),
  ])
  func `a page's own declaration is obeyed`(page: String, encoding: String) throws {
    // A byte that is no UTF-8, so that content alone would not say UTF-8.
    let bytes = Array(page.utf8) + Array("<p>words".utf8)
    let document = try HTMLReader().read(bytes, named: "a.html", limits: ReadLimits())
    #expect(document.metadata.encoding == encoding)
  }

  @Test(arguments: [
    "<meta content='text/html; charset=big5'>", "<metacharset=big5>",
    "<p title='<meta charset=big5>'>",
    "<script src='<meta charset=big5>'></script>", "<meta charset=nonsense>",
  ])
  func `what is no declaration is not obeyed`(page: String) throws {
    let document = try HTMLReader().read(
      Array((page + "<p>words").utf8), named: "a.html", limits: ReadLimits())
    #expect(document.metadata.encoding == "utf-8")
  }
}
