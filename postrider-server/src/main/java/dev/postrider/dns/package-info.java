/**
 * MX and address lookups behind a seam that tests replace. Answers are sealed values; no exception
 * stands for an answer.
 */
@NullMarked
package dev.postrider.dns;

import org.jspecify.annotations.NullMarked;
