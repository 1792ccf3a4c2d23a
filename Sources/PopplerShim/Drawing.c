// A page's drawing without its letters and large pictures.
//
// Rulings and shaded cells are found in a picture of the page, where letters and photographs only
// disturb: they are most of the work of drawing and hundreds of false edges. poppler-glib has no
// switch for them, but it calls these functions of cairo. The program's own definitions come before
// cairo's when the loader looks the names up, so poppler calls these, which pass everything on
// unless a page is being recorded. Where the loader decides otherwise, all is drawn as ever: slower,
// and with some noise.
#define _GNU_SOURCE
#include "Drawing.h"

#include <dlfcn.h>

/// Fills and strokes above which a page is a map or a plot: no table is looked for in it, and a
/// recording of it would need memory without limit.
enum { most_strokes = 20000 };

/// Pixels of a picture that is left out. Smaller ones are decoded: one that stands in the page's
/// stream itself has to be read to find its end.
enum { large_picture = 100000 };

static _Thread_local int is_recording;
static _Thread_local int strokes;

cairo_surface_t *drawing_record(PopplerPage *page) {
  cairo_surface_t *recording = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *context = cairo_create(recording);
  is_recording = 1;
  strokes = 0;
  poppler_page_render(page, context);
  is_recording = 0;
  cairo_destroy(context);
  if (strokes > most_strokes || cairo_surface_status(recording) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(recording);
    return NULL;
  }
  return recording;
}

static int leaves_out_stroke(void) { return is_recording && ++strokes > most_strokes; }

// Each looks the real one up once: poppler draws thousands of strokes.
#define REAL(name, result, ...)                                                      \
  static result (*next)(__VA_ARGS__);                                                \
  if (!next) next = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name);

void cairo_fill(cairo_t *context) {
  if (leaves_out_stroke()) return cairo_new_path(context);
  REAL("cairo_fill", void, cairo_t *)
  if (next) next(context);
}

void cairo_stroke(cairo_t *context) {
  if (leaves_out_stroke()) return cairo_new_path(context);
  REAL("cairo_stroke", void, cairo_t *)
  if (next) next(context);
}

cairo_surface_t *cairo_image_surface_create(cairo_format_t format, int width, int height) {
  REAL("cairo_image_surface_create", cairo_surface_t *, cairo_format_t, int, int)
  // A size that cannot be gives a surface in error, upon which poppler goes on without the picture.
  if (is_recording && (double)width * height > large_picture) width = height = -1;
  return next ? next(format, width, height) : NULL;
}

void cairo_show_glyphs(cairo_t *context, const cairo_glyph_t *glyphs, int count) {
  if (is_recording) return;
  REAL("cairo_show_glyphs", void, cairo_t *, const cairo_glyph_t *, int)
  if (next) next(context, glyphs, count);
}

void cairo_show_text_glyphs(cairo_t *context, const char *text, int length,
                            const cairo_glyph_t *glyphs, int count,
                            const cairo_text_cluster_t *clusters, int cluster_count,
                            cairo_text_cluster_flags_t flags) {
  if (is_recording) return;
  REAL("cairo_show_text_glyphs", void, cairo_t *, const char *, int, const cairo_glyph_t *, int,
       const cairo_text_cluster_t *, int, cairo_text_cluster_flags_t)
  if (next) next(context, text, length, glyphs, count, clusters, cluster_count, flags);
}
