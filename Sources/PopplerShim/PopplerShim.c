#include "PopplerShim.h"

#include "Drawing.h"

#include <poppler.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pdf_document {
  PopplerDocument *document;
  GBytes *bytes;
};

/// Files of up to so many bytes are read from memory: poppler reads an open one in pieces of 256
/// bytes, each a call of the system.
enum { most_in_memory = 16 << 20 };

static void fill_error(pdf_error *error, GError *cause) {
  error->code = PDF_ERROR_OTHER;
  strncpy(error->message, "no reason given", sizeof error->message - 1);
  if (!cause) return;
  if (cause->domain == POPPLER_ERROR) {
    if (cause->code == POPPLER_ERROR_ENCRYPTED) error->code = PDF_ERROR_ENCRYPTED;
    if (cause->code == POPPLER_ERROR_DAMAGED) error->code = PDF_ERROR_DAMAGED;
  }
  if (cause->message) strncpy(error->message, cause->message, sizeof error->message - 1);
  g_error_free(cause);
}

void pdf_hold_library(void) {
  static PopplerDocument *held;
  // A document of no pages.
  static const char empty[] =
      "%PDF-1.4\n"
      "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
      "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
      "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
      "trailer<</Size 3/Root 1 0 R>>\nstartxref\n98\n%%EOF\n";
  if (held) return;
  GBytes *bytes = g_bytes_new_static(empty, sizeof empty - 1);
  held = poppler_document_new_from_bytes(bytes, NULL, NULL);
  g_bytes_unref(bytes);
}

static pdf_document *wrap(PopplerDocument *opened, GBytes *bytes, GError *cause,
                          pdf_error *error) {
  if (!opened) {
    fill_error(error, cause);
    if (bytes) g_bytes_unref(bytes);
    return NULL;
  }
  pdf_document *document = calloc(1, sizeof *document);
  document->document = opened;
  document->bytes = bytes;
  return document;
}

static pdf_document *open_path(const char *path, const char *password, pdf_error *error) {
  GError *cause = NULL;
  // By GFile, not by URI and not from bytes: the one way that neither fails on odd names nor
  // crashes on a wrong password in poppler 22.12.
  GFile *file = g_file_new_for_path(path);
  PopplerDocument *opened =
      poppler_document_new_from_gfile(file, password, NULL, &cause);
  if (!opened && password && cause && cause->domain == POPPLER_ERROR &&
      cause->code == POPPLER_ERROR_ENCRYPTED) {
    // A password declared for a whole folder must not close the files that need none.
    opened = poppler_document_new_from_gfile(file, NULL, NULL, NULL);
    if (opened) g_clear_error(&cause);
  }
  g_object_unref(file);
  return wrap(opened, NULL, cause, error);
}

/// The file's bytes; NULL where it is no plain file, is empty, too long, or cannot be read.
static GBytes *small_file(int32_t descriptor) {
  struct stat state;
  if (fstat(descriptor, &state) != 0 || !S_ISREG(state.st_mode) || state.st_size < 1 ||
      state.st_size > most_in_memory)
    return NULL;
  size_t size = (size_t)state.st_size, got = 0;
  char *bytes = g_try_malloc(size);
  while (bytes && got < size) {
    ssize_t count = pread(descriptor, bytes + got, size - got, (off_t)got);
    if (count <= 0) break;
    got += (size_t)count;
  }
  if (bytes && got == size) return g_bytes_new_take(bytes, size);
  g_free(bytes);
  return NULL;
}

pdf_document *pdf_open(int32_t descriptor, const char *password, pdf_error *error) {
  memset(error, 0, sizeof *error);
  GBytes *bytes = small_file(descriptor);
  if (bytes) {
    GError *cause = NULL;
    PopplerDocument *opened = poppler_document_new_from_bytes(bytes, NULL, &cause);
    int is_encrypted = !opened && cause && cause->domain == POPPLER_ERROR &&
                       cause->code == POPPLER_ERROR_ENCRYPTED;
    if (!is_encrypted || !password) return wrap(opened, bytes, cause, error);
    g_clear_error(&cause);
    g_bytes_unref(bytes);
  }
  // By the system's name for the descriptor: the file's own may be any bytes, too long, or gone.
  char path[48];
  g_snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  return open_path(path, password, error);
}

void pdf_close(pdf_document *document) {
  if (!document) return;
  g_object_unref(document->document);
  if (document->bytes) g_bytes_unref(document->bytes);
  free(document);
}

int32_t pdf_page_count(pdf_document *document) {
  return poppler_document_get_n_pages(document->document);
}

static pdf_box box_of(const PopplerRectangle *r) {
  pdf_box box = {(float)(r->x1 < r->x2 ? r->x1 : r->x2), (float)(r->y1 < r->y2 ? r->y1 : r->y2),
                 (float)(r->x1 < r->x2 ? r->x2 : r->x1), (float)(r->y1 < r->y2 ? r->y2 : r->y1)};
  return box;
}

/// The physical page (from 1) an action leads to, or 0.
static int32_t target_page(PopplerDocument *document, PopplerAction *action) {
  if (!action || action->type != POPPLER_ACTION_GOTO_DEST || !action->goto_dest.dest) return 0;
  PopplerDest *dest = action->goto_dest.dest;
  if (dest->type != POPPLER_DEST_NAMED) return dest->page_num;
  PopplerDest *found = poppler_document_find_dest(document, dest->named_dest);
  int32_t page = found ? found->page_num : 0;
  if (found) poppler_dest_free(found);
  return page;
}

enum { most_links = 10000 };

/// The links of a page; those that lead nowhere, run something, or have no area to click at are
/// none.
static void read_links(PopplerDocument *document, PopplerPage *page, double height, pdf_page *out) {
  // poppler lists the last of the file first.
  GList *mappings = g_list_reverse(poppler_page_get_link_mapping(page));
  guint count = g_list_length(mappings);
  if (count > most_links) count = most_links;
  if (count > 0) out->links = calloc(count, sizeof(pdf_link));
  for (GList *at = mappings; at && out->links && out->link_count < count; at = at->next) {
    PopplerLinkMapping *mapping = at->data;
    PopplerAction *action = mapping->action;
    if (!action) continue;
    pdf_link link = {.area = box_of(&mapping->area)};
    if (link.area.x1 <= link.area.x0 || link.area.y1 <= link.area.y0) continue;
    // These rectangles alone count from the bottom.
    float top = (float)height - link.area.y1;
    link.area.y1 = (float)height - link.area.y0;
    link.area.y0 = top;
    if (action->type == POPPLER_ACTION_URI)
      link.uri = g_strdup(action->uri.uri);
    else if (action->type == POPPLER_ACTION_GOTO_REMOTE)
      link.uri = g_strdup(action->goto_remote.file_name);
    else
      link.page = target_page(document, action);
    if (link.uri || link.page > 0) out->links[out->link_count++] = link;
  }
  poppler_page_free_link_mapping(mappings);
}

/// Whether annotations show something on the page: links do not.
static int has_shown_annotations(PopplerPage *page) {
  GList *mappings = poppler_page_get_annot_mapping(page);
  int shown = 0;
  for (GList *at = mappings; at && !shown; at = at->next) {
    PopplerAnnotType type =
        poppler_annot_get_annot_type(((PopplerAnnotMapping *)at->data)->annot);
    shown = type != POPPLER_ANNOT_LINK && type != POPPLER_ANNOT_POPUP;
  }
  poppler_page_free_annot_mapping(mappings);
  return shown;
}

int pdf_read_page(pdf_document *document, int32_t index, pdf_page *out) {
  memset(out, 0, sizeof *out);
  PopplerPage *page = poppler_document_get_page(document->document, index);
  if (!page) return 0;
  double width = 0, height = 0;
  poppler_page_get_size(page, &width, &height);
  out->width = (float)width;
  out->height = (float)height;
  out->label = poppler_page_get_label(page);

  if (has_shown_annotations(page)) drawing_place_text(page);
  drawing_forgo_profiles(1);
  char *text = poppler_page_get_text(page);
  drawing_forgo_profiles(0);
  PopplerRectangle *boxes = NULL;
  guint count = 0;
  if (text && text[0] && poppler_page_get_text_layout(page, &boxes, &count)) {
    out->glyphs = malloc(sizeof(pdf_glyph) * (count ? count : 1));
    const char *cursor = text;
    guint n = 0;
    while (*cursor && n < count) {
      gunichar scalar = g_utf8_get_char_validated(cursor, -1);
      const char *next = cursor + 1;
      if (scalar == (gunichar)-1 || scalar == (gunichar)-2)
        scalar = 0xFFFD;
      else
        next = g_utf8_next_char(cursor);
      out->glyphs[n].scalar = scalar;
      out->glyphs[n].style = UINT32_MAX;
      out->glyphs[n].box = box_of(&boxes[n]);
      n++;
      cursor = next;
    }
    out->glyph_count = n;

    GList *attributes = poppler_page_get_text_attributes(page);
    guint styles = g_list_length(attributes);
    out->styles = calloc(styles ? styles : 1, sizeof(pdf_style));
    for (GList *at = attributes; at; at = at->next) {
      PopplerTextAttributes *a = at->data;
      uint32_t color = (uint32_t)(a->color.red >> 8) << 16 |
                       (uint32_t)(a->color.green >> 8) << 8 | (uint32_t)(a->color.blue >> 8);
      size_t style = out->style_count;
      const char *font = a->font_name ? a->font_name : "";
      // Runs of equal style need one entry: pages have few, and neighbours differ.
      for (size_t i = 0; i < out->style_count && i < 32; i++) {
        pdf_style *s = &out->styles[i];
        if (s->size == (float)a->font_size && s->color == color &&
            s->underlined == a->is_underlined && strcmp(s->font, font) == 0) {
          style = i;
          break;
        }
      }
      if (style == out->style_count) {
        pdf_style *s = &out->styles[out->style_count++];
        s->font = strdup(font);
        s->size = (float)a->font_size;
        s->color = color;
        s->underlined = a->is_underlined;
      }
      for (gint i = a->start_index; i <= a->end_index && (size_t)i < out->glyph_count; i++)
        if (i >= 0) out->glyphs[i].style = (uint32_t)style;
    }
    poppler_page_free_text_attributes(attributes);
  }
  g_free(boxes);
  g_free(text);
  read_links(document->document, page, height, out);
  g_object_unref(page);
  return 1;
}

size_t pdf_count_characters(pdf_document *document, int32_t index) {
  PopplerPage *page = poppler_document_get_page(document->document, index);
  if (!page) return 0;
  char *text = poppler_page_get_text(page);
  PopplerRectangle *boxes = NULL;
  guint count = 0;
  if (text && text[0]) poppler_page_get_text_layout(page, &boxes, &count);
  g_free(boxes);
  g_free(text);
  g_object_unref(page);
  return count;
}

void pdf_page_free(pdf_page *page) {
  for (size_t i = 0; i < page->style_count; i++) free(page->styles[i].font);
  free(page->styles);
  free(page->glyphs);
  for (size_t i = 0; i < page->link_count; i++) g_free(page->links[i].uri);
  free(page->links);
  g_free(page->label);
  memset(page, 0, sizeof *page);
}

float pdf_image_cover(pdf_document *document, int32_t index) {
  PopplerPage *page = poppler_document_get_page(document->document, index);
  if (!page) return 0;
  double width = 0, height = 0;
  poppler_page_get_size(page, &width, &height);
  GList *images = poppler_page_get_image_mapping(page);
  double covered = 0;
  for (GList *at = images; at; at = at->next) {
    pdf_box box = box_of(&((PopplerImageMapping *)at->data)->area);
    double x0 = box.x0 > 0 ? box.x0 : 0, x1 = box.x1 < width ? box.x1 : width;
    double y0 = box.y0 > 0 ? box.y0 : 0, y1 = box.y1 < height ? box.y1 : height;
    if (x1 > x0 && y1 > y0) covered += (x1 - x0) * (y1 - y0);
  }
  poppler_page_free_image_mapping(images);
  g_object_unref(page);
  double share = width > 0 && height > 0 ? covered / (width * height) : 0;
  return (float)(share > 1 ? 1 : share);
}

enum { most_bookmarks = 20000, deepest_bookmark = 64 };

static void walk(PopplerDocument *document, PopplerIndexIter *at, int32_t depth,
                 pdf_metadata *out, size_t *room) {
  do {
    if (out->bookmark_count >= most_bookmarks) return;
    PopplerAction *action = poppler_index_iter_get_action(at);
    if (action) {
      if (out->bookmark_count == *room) {
        *room = *room ? *room * 2 : 16;
        out->bookmarks = realloc(out->bookmarks, *room * sizeof(pdf_bookmark));
      }
      pdf_bookmark *mark = &out->bookmarks[out->bookmark_count++];
      mark->title = g_strdup(action->any.title ? action->any.title : "");
      mark->depth = depth;
      mark->page = target_page(document, action);
      poppler_action_free(action);
    }
    PopplerIndexIter *child = depth < deepest_bookmark ? poppler_index_iter_get_child(at) : NULL;
    if (child) {
      walk(document, child, depth + 1, out, room);
      poppler_index_iter_free(child);
    }
  } while (poppler_index_iter_next(at));
}

void pdf_read_metadata(pdf_document *document, pdf_metadata *out) {
  memset(out, 0, sizeof *out);
  out->title = poppler_document_get_title(document->document);
  out->author = poppler_document_get_author(document->document);
  out->created = (int64_t)poppler_document_get_creation_date(document->document);
  PopplerIndexIter *top = poppler_index_iter_new(document->document);
  if (!top) return;
  size_t room = 0;
  walk(document->document, top, 0, out, &room);
  poppler_index_iter_free(top);
}

void pdf_metadata_free(pdf_metadata *metadata) {
  for (size_t i = 0; i < metadata->bookmark_count; i++) g_free(metadata->bookmarks[i].title);
  free(metadata->bookmarks);
  g_free(metadata->title);
  g_free(metadata->author);
  memset(metadata, 0, sizeof *metadata);
}

/// Pixels of a rectangle.
typedef struct {
  int x, y, width, height;
} pixel_area;

/// A page with its pixels; NULL where it has no sensible size, or would have more than `limit` bytes
/// while it is drawn.
static PopplerPage *page_to_draw(pdf_document *document, int32_t index, double scale,
                                 size_t limit, pixel_area *area) {
  PopplerPage *page = poppler_document_get_page(document->document, index);
  if (!page) return NULL;
  double width = 0, height = 0;
  poppler_page_get_size(page, &width, &height);
  width = width * scale + 0.5;
  height = height * scale + 0.5;
  if (width >= 1 && height >= 1 && width < 30000 && height < 30000 &&
      width * height * 4 <= (double)limit) {
    *area = (pixel_area){0, 0, (int)width, (int)height};
    return page;
  }
  g_object_unref(page);
  return NULL;
}

/// A white sheet of `scale` pixels a point, an area of a page, to draw the page on in points; NULL
/// where there is no memory.
static cairo_t *sheet(pixel_area area, double scale) {
  static const cairo_user_data_key_t key;
  size_t size = (size_t)area.width * 4 * (size_t)area.height;
  uint8_t *pixels = malloc(size);
  if (!pixels) return NULL;
  memset(pixels, 255, size);
  cairo_surface_t *surface = cairo_image_surface_create_for_data(
      pixels, CAIRO_FORMAT_RGB24, area.width, area.height, area.width * 4);
  cairo_surface_set_user_data(surface, &key, pixels, free);
  cairo_t *context = cairo_create(surface);
  cairo_surface_destroy(surface);  // the context holds it
  cairo_translate(context, -area.x, -area.y);
  cairo_scale(context, scale, scale);
  return context;
}

/// Ends the sheet of an area and writes it in grey into the picture of the page, `width` pixels a row.
static int end_sheet(cairo_t *context, pixel_area area, uint8_t *gray, size_t width) {
  cairo_surface_t *surface = cairo_get_target(context);
  cairo_surface_flush(surface);
  const uint8_t *pixels = cairo_image_surface_get_data(surface);
  int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; pixels && y < area.height; y++) {
    const uint32_t *row = (const uint32_t *)(const void *)(pixels + (size_t)y * (size_t)stride);
    uint8_t *out = gray + (size_t)(area.y + y) * width + (size_t)area.x;
    for (int x = 0; x < area.width; x++) {
      uint32_t p = row[x];
      out[x] = (uint8_t)(((p >> 16 & 255) * 77 + (p >> 8 & 255) * 150 + (p & 255) * 29) >> 8);
    }
  }
  cairo_destroy(context);
  return pixels != NULL;
}

/// What a recording shows, on a page of `area` pixels; NULL where it shows nothing.
static uint8_t *gray_of(cairo_surface_t *recording, pixel_area page, double scale) {
  double x, y, ink_wide, ink_high;
  cairo_recording_surface_ink_extents(recording, &x, &y, &ink_wide, &ink_high);
  if (!(ink_wide > 0 && ink_high > 0)) return NULL;
  size_t size = (size_t)page.width * (size_t)page.height;
  uint8_t *gray = malloc(size);
  if (!gray) return NULL;
  memset(gray, 255, size);
  // Only where something is drawn: most pages that have rulings have them in a corner.
  double left = x * scale - 2, top = y * scale - 2;
  double right = (x + ink_wide) * scale + 2, bottom = (y + ink_high) * scale + 2;
  if (left >= page.width || top >= page.height || right < 1 || bottom < 1) return gray;
  pixel_area ink = {left > 0 ? (int)left : 0, top > 0 ? (int)top : 0, 0, 0};
  ink.width = (right < page.width ? (int)right : page.width) - ink.x;
  ink.height = (bottom < page.height ? (int)bottom : page.height) - ink.y;
  if (ink.width < 1 || ink.height < 1) return gray;
  cairo_t *context = sheet(ink, scale);
  if (context) {
    cairo_set_source_surface(context, recording, 0, 0);
    cairo_paint(context);
    if (end_sheet(context, ink, gray, (size_t)page.width)) return gray;
  }
  free(gray);
  return NULL;
}

uint8_t *pdf_drawing_gray(pdf_document *document, int32_t index, double scale, size_t limit,
                          int32_t *width, int32_t *height) {
  pixel_area area;
  PopplerPage *page = page_to_draw(document, index, scale, limit, &area);
  if (!page) return NULL;
  cairo_surface_t *recording = drawing_record(page);
  g_object_unref(page);
  uint8_t *gray = recording ? gray_of(recording, area, scale) : NULL;
  if (recording) cairo_surface_destroy(recording);
  *width = area.width;
  *height = area.height;
  return gray;
}

uint8_t *pdf_render_gray(pdf_document *document, int32_t index, double scale, size_t limit,
                         int32_t *width, int32_t *height) {
  pixel_area area;
  PopplerPage *page = page_to_draw(document, index, scale, limit, &area);
  if (!page) return NULL;
  uint8_t *gray = malloc((size_t)area.width * (size_t)area.height);
  if (gray) {
    cairo_t *context = sheet(area, scale);
    if (context) poppler_page_render(page, context);
    *width = area.width;
    *height = area.height;
    if (!context || !end_sheet(context, area, gray, (size_t)area.width)) {
      free(gray);
      gray = NULL;
    }
  }
  g_object_unref(page);
  return gray;
}

void pdf_free(void *memory) { free(memory); }

const char *pdf_library_version(void) { return poppler_get_version(); }
