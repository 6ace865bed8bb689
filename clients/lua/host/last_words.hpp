#pragma once

namespace dragoman {

/// Makes stdout line-buffered, and lets a crash write what an unfinished line still holds before it takes its course.
void keep_last_words();

}  // namespace dragoman
