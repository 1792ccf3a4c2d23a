#ifndef LETTERS_H
#define LETTERS_H

/// Whether letters are left out of what this thread draws with cairo from now on.
void letters_leave_out(int are);

#endif
