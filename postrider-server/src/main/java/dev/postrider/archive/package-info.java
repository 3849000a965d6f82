/**
 * Messages outside the spool: {@code ID.eml}, the content as it was stored, and {@code ID.json},
 * everything else, so that a person can carry a queue to another machine or look at what was saved
 * from a damaged one. docs/spool.md has the format.
 *
 * <p>Threads: each object is for one thread, but {@code ExportDirectory} takes several. The package
 * does not decide what is exported, and knows neither commands nor configuration. What it reads was
 * written by anybody.
 */
@NullMarked
package dev.postrider.archive;

import org.jspecify.annotations.NullMarked;
