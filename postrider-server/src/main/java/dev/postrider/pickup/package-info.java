/**
 * Local submission: files in the maildrop directory and the Unix socket beside it [postdrop,
 * pickup]. Trusts nothing in a file but its owner, which the kernel tells.
 */
@NullMarked
package dev.postrider.pickup;

import org.jspecify.annotations.NullMarked;
