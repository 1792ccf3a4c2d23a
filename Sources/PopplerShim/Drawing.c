// A page's drawing without its letters and large pictures.
//
// Rulings and shaded cells are found in a picture of the page, where letters and photographs only
// disturb: they are most of the work of drawing and hundreds of false edges. poppler-glib has no
// switch for them, but it calls these functions, of cairo and of poppler's own interpreter. The
// program's own definitions come before the libraries' when the loader looks the names up (cairo's
// are exported because the program links with it, the others by name in Package.swift), so poppler
// calls these, which pass everything on unless they are told otherwise. Where the loader decides
// differently, all is drawn as ever: slower, and with some noise.
#define _GNU_SOURCE
#include "Drawing.h"

#include <dlfcn.h>
#include <stdint.h>

/// Fills and strokes above which a page is a map or a plot: no table is looked for in it, and a
/// recording of it would need memory without limit.
enum { most_strokes = 20000 };

/// Pixels of a picture that is left out. Smaller ones are decoded: one that stands in the page's
/// stream itself has to be read to find its end.
enum { large_picture = 100000 };

/// What is drawn: everything, all but letters and large pictures, or nothing but where letters stand.
enum drawn { ALL, RULINGS, PLACES };

static _Thread_local enum drawn drawn;
static _Thread_local int forgoes_profiles;
static _Thread_local int strokes;

void drawing_forgo_profiles(int forgoes) { forgoes_profiles = forgoes; }

static cairo_surface_t *draw(PopplerPage *page, enum drawn what) {
  cairo_surface_t *recording = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *context = cairo_create(recording);
  drawn = what;
  strokes = 0;
  poppler_page_render(page, context);
  drawn = ALL;
  cairo_destroy(context);
  return recording;
}

cairo_surface_t *drawing_record(PopplerPage *page) {
  // A ruling is a step of brightness, which no profile makes or unmakes, and a transform for each
  // profile costs as much as drawing a page.
  drawing_forgo_profiles(1);
  cairo_surface_t *recording = draw(page, RULINGS);
  drawing_forgo_profiles(0);
  if (strokes > most_strokes || cairo_surface_status(recording) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(recording);
    return NULL;
  }
  return recording;
}

void drawing_place_text(PopplerPage *page) { cairo_surface_destroy(draw(page, PLACES)); }

static int leaves_out_stroke(void) {
  return drawn == PLACES || (drawn == RULINGS && ++strokes > most_strokes);
}

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
  if (drawn != ALL && (double)width * height > large_picture) width = height = -1;
  return next ? next(format, width, height) : NULL;
}

// The operators Tj, TJ, ' and " of poppler's interpreter: without them no letter is placed and no font
// loaded. Only functions that return nothing are replaced: a compiler's name does not tell what one
// returns.
#define REPLACED_OPERATOR(name)                                 \
  void name(void *interpreter, void *arguments, int count);     \
  void name(void *interpreter, void *arguments, int count) {    \
    if (drawn == RULINGS) return;                               \
    REAL(#name, void, void *, void *, int)                      \
    if (next) next(interpreter, arguments, count);              \
  }
REPLACED_OPERATOR(_ZN3Gfx10opShowTextEP6Objecti)
REPLACED_OPERATOR(_ZN3Gfx15opShowSpaceTextEP6Objecti)
REPLACED_OPERATOR(_ZN3Gfx14opMoveShowTextEP6Objecti)
REPLACED_OPERATOR(_ZN3Gfx17opMoveSetShowTextEP6Objecti)

void cairo_show_glyphs(cairo_t *context, const cairo_glyph_t *glyphs, int count) {
  if (drawn != ALL) return;
  REAL("cairo_show_glyphs", void, cairo_t *, const cairo_glyph_t *, int)
  if (next) next(context, glyphs, count);
}

void cairo_show_text_glyphs(cairo_t *context, const char *text, int length,
                            const cairo_glyph_t *glyphs, int count,
                            const cairo_text_cluster_t *clusters, int cluster_count,
                            cairo_text_cluster_flags_t flags) {
  if (drawn != ALL) return;
  REAL("cairo_show_text_glyphs", void, cairo_t *, const char *, int, const cairo_glyph_t *, int,
       const cairo_text_cluster_t *, int, cairo_text_cluster_flags_t)
  if (next) next(context, text, length, glyphs, count, clusters, cluster_count, flags);
}

// Of Little CMS, which poppler asks for a transform for each profile on each page it reads the text
// of, where all that colours are asked is whether two are the same.
void *cmsCreateTransform(void *input, uint32_t input_format, void *output, uint32_t output_format,
                         uint32_t intent, uint32_t flags);

void *cmsCreateTransform(void *input, uint32_t input_format, void *output, uint32_t output_format,
                         uint32_t intent, uint32_t flags) {
  // Without one poppler goes on with the formulas for spaces of as many components.
  if (forgoes_profiles) return NULL;
  REAL("cmsCreateTransform", void *, void *, uint32_t, void *, uint32_t, uint32_t, uint32_t)
  return next ? next(input, input_format, output, output_format, intent, flags) : NULL;
}
