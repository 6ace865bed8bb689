#include <string.h>

#include "clients/plane/plane.h"

void dragoman_span_prepare(dragoman_span* span) {
    if (span->fresh == NULL || *span->fresh != 0) return;
    if (span->rows != 0 && span->previous != NULL) {
        memcpy((unsigned char*)span->data - span->offset, (const unsigned char*)span->previous - span->offset,
               (size_t)span->rows * span->stride);
    }
    *span->fresh = 1;
}
