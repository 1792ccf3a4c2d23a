#include <libxml/xmlversion.h>
// Debian's libxml2 headers pull in the system's ICU, whose types clash with Foundation's own ICU.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/encoding.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
// xmlFree is a mutable global, which Swift 6 refuses.
static inline void docket_xml_free(void *pointer) { xmlFree(pointer); }
