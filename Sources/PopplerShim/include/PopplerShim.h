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

typedef struct {
  pdf_glyph *glyphs;
  size_t glyph_count;
  pdf_style *styles;
  size_t style_count;
  pdf_link *links;
  size_t link_count;
  char *label;  // NULL where the page has none
  float width, height;
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

/// Keeps poppler's tables, which it makes anew for a document where no other one is open: worth it for
/// a process that reads many. Until the process ends.
void pdf_hold_library(void);

/// Opens the PDF in an open file, which must not change until `pdf_close`. `password` may be NULL.
/// Returns NULL and fills `error` on failure.
pdf_document *pdf_open(int32_t descriptor, const char *password, pdf_error *error);
void pdf_close(pdf_document *document);

int32_t pdf_page_count(pdf_document *document);

/// Fills `page` with page `index` (from 0). Returns 0 where poppler has no such page.
int pdf_read_page(pdf_document *document, int32_t index, pdf_page *page);
void pdf_page_free(pdf_page *page);

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

/// What the page shows besides letters and large pictures, in the same form; NULL also where that is
/// nothing, or too much to be a table. Half the work of reading the page's characters.
uint8_t *pdf_drawing_gray(pdf_document *document, int32_t index, double scale, size_t limit,
                          int32_t *width, int32_t *height);
void pdf_free(void *memory);

/// poppler's version, e.g. "22.12.0".
const char *pdf_library_version(void);

#endif
