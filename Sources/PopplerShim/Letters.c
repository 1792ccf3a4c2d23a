// A page's drawing without its letters.
//
// Rulings and shaded cells are found in a picture of the page, and letters only disturb there: they
// are most of the work of drawing and hundreds of false edges. poppler-glib has no switch for them,
// but it draws every letter by one of these two functions of cairo. The program's own definitions
// come before cairo's when the loader looks the names up, so poppler calls these, which pass
// everything on unless letters are left out. Where the loader decides otherwise, letters are
// drawn as ever: slower, and with some noise.
#define _GNU_SOURCE
#include "Letters.h"

#include <cairo.h>
#include <dlfcn.h>

static _Thread_local int are_left_out;

void letters_leave_out(int are) { are_left_out = are; }

void cairo_show_glyphs(cairo_t *context, const cairo_glyph_t *glyphs, int count) {
  if (are_left_out) return;
  void (*next)(cairo_t *, const cairo_glyph_t *, int) =
      (void (*)(cairo_t *, const cairo_glyph_t *, int))dlsym(RTLD_NEXT, "cairo_show_glyphs");
  if (next) next(context, glyphs, count);
}

void cairo_show_text_glyphs(cairo_t *context, const char *text, int length,
                            const cairo_glyph_t *glyphs, int count,
                            const cairo_text_cluster_t *clusters, int cluster_count,
                            cairo_text_cluster_flags_t flags) {
  if (are_left_out) return;
  void (*next)(cairo_t *, const char *, int, const cairo_glyph_t *, int,
               const cairo_text_cluster_t *, int, cairo_text_cluster_flags_t) =
      (void (*)(cairo_t *, const char *, int, const cairo_glyph_t *, int,
                const cairo_text_cluster_t *, int, cairo_text_cluster_flags_t))
          dlsym(RTLD_NEXT, "cairo_show_text_glyphs");
  if (next) next(context, text, length, glyphs, count, clusters, cluster_count, flags);
}
