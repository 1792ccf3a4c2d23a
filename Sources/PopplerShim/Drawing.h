#ifndef DRAWING_H
#define DRAWING_H

#include <cairo.h>
#include <poppler.h>

/// Draws a page without its letters and large pictures onto a recording, in points. As a side effect
/// the page knows its text afterwards, so that asking for it costs no second interpretation.
/// NULL where there is no memory. Free with `cairo_surface_destroy`.
cairo_surface_t *drawing_record(PopplerPage *page);

#endif
