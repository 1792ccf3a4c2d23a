// The few things Docket asks of poppler, without a glib type in sight.
//
// One call reads one page into plain arrays; everything a struct points to belongs to the caller
// and goes back through the matching `_free`. Nothing here may be shared between threads.
#ifndef POPPLER_SHIM_H
#define POPPLER_SHIM_H

#include "BoundedProgram.h"
#include "PagePicture.h"
#include "ReadingProcess.h"
#include "StraightEdges.h"

#include <stddef.h>
#include <stdint.h>

typedef struct pdf_document pdf_document;

/// Points, origin top left, y downwards.
typedef struct {
  float x0, y0, x1, y1;
} pdf_box;

/// What went wrong when a document was opened.
typedef struct {
  int32_t code;       // enum pdf_error_code
  char message[256];  // poppler's words, always terminated
} pdf_error;

enum pdf_error_code {
  PDF_ERROR_NONE = 0,
  PDF_ERROR_ENCRYPTED = 1,  // needs a password, or the one given is wrong
  PDF_ERROR_DAMAGED = 4,    // also: no PDF at all
  PDF_ERROR_OTHER = 5
};

/// A character as poppler spells it, in poppler's order; line ends (`\n`) and the spaces between
/// words have boxes too.
typedef struct {
  uint32_t scalar;
  uint32_t style;  // index into pdf_page.styles; UINT32_MAX for none
  pdf_box box;
} pdf_glyph;

typedef struct {
  char *font;      // as named in the file, without the subset prefix; never NULL
  float size;      // points
  uint32_t color;  // 0xRRGGBB
  int32_t underlined;
} pdf_style;

/// A link of a page: `uri`, or a page of the same file.
typedef struct {
  pdf_box area;
  char *uri;     // NULL for a page
  int32_t page;  // from 1; 0 where `uri` is set
} pdf_link;

/// What a page shows besides letters and large pictures.
typedef struct pdf_drawing pdf_drawing;

typedef struct {
  pdf_glyph *glyphs;
  size_t glyph_count;
  pdf_style *styles;
  size_t style_count;
  pdf_link *links;
  size_t link_count;
  char *label;  // NULL where the page has none
  float width, height;
  pdf_drawing *drawing;  // NULL where not asked for; not freed with the page
} pdf_page;

typedef struct {
  char *title;
  int32_t depth;
  int32_t page;  // from 1; 0 where the bookmark leads nowhere in this file
} pdf_bookmark;

typedef struct {
  char *title;
  char *author;
  int64_t created;  // seconds since 1970; -1 where unknown
  pdf_bookmark *bookmarks;
  size_t bookmark_count;
} pdf_metadata;

/// Opens a file by its absolute path. The file must not change while it is open.
/// `password` may be NULL. Returns NULL and fills `error` on failure.
pdf_document *pdf_open_file(const char *path, const char *password, pdf_error *error);

/// Opens a document over bytes, which must stay where they are until `pdf_close`.
pdf_document *pdf_open_bytes(const void *bytes, size_t count, const char *password,
                             pdf_error *error);
void pdf_close(pdf_document *document);

int32_t pdf_page_count(pdf_document *document);

/// Fills `page` with page `index` (from 0), with its drawing where asked for: both come of one
/// interpretation, which costs a quarter to a third more than the text alone and half of reading the
/// drawing later. Returns 0 where poppler has no such page.
int pdf_read_page(pdf_document *document, int32_t index, int has_drawing, pdf_page *page);
void pdf_page_free(pdf_page *page);

/// The drawing of page `index` alone; NULL where poppler has no such page.
pdf_drawing *pdf_read_drawing(pdf_document *document, int32_t index);
void pdf_drawing_free(pdf_drawing *drawing);

/// The characters of page `index` that have boxes, and nothing else of it.
size_t pdf_count_characters(pdf_document *document, int32_t index);

/// The share of a page (0...1) that images cover, overlaps counted twice. It interprets the page a
/// second time, so ask only about pages without text.
float pdf_image_cover(pdf_document *document, int32_t index);

void pdf_read_metadata(pdf_document *document, pdf_metadata *metadata);
void pdf_metadata_free(pdf_metadata *metadata);

/// Renders a page in grey at `scale` pixels a point, row by row from the top, one byte a pixel
/// (0 black, 255 white). Returns NULL when there is no such page or the picture would have more than
/// `limit` bytes while it is drawn. Free with `pdf_free`.
uint8_t *pdf_render_gray(pdf_document *document, int32_t index, double scale, size_t limit,
                         int32_t *width, int32_t *height);

/// A drawing in the same form; NULL also where it shows nothing, or too much to be a table.
uint8_t *pdf_drawing_gray(const pdf_drawing *drawing, double scale, size_t limit,
                          int32_t *width, int32_t *height);
void pdf_free(void *memory);

/// poppler's version, e.g. "22.12.0".
const char *pdf_library_version(void);

#endif
