#ifndef DRAWING_H
#define DRAWING_H

#include <cairo.h>
#include <poppler.h>

/// Draws a page without its letters and large pictures onto a recording, in points. NULL where there
/// is no memory, or too much to record. Free with `cairo_surface_destroy`.
cairo_surface_t *drawing_record(PopplerPage *page);

/// Draws a page to nowhere, upon which it knows its text, that of its annotations (what was filled into
/// a form, notes, stamps) included; asked for its text at once, poppler leaves those out.
void drawing_place_text(PopplerPage *page);

/// From here on (1), or no longer (0), this thread's colours come of the plain formulas for grey, RGB
/// and CMYK, and not of the colour profiles in the file. Where something is drawn without them, the
/// open document keeps to that.
void drawing_forgo_profiles(int forgoes);

#endif
