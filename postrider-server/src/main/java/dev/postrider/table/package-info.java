/**
 * Lookup tables by type:name. A lookup answers found, not found or unavailable; unavailable defers
 * mail and never bounces it. Opened tables are safe on any thread and read their file again when it
 * changes.
 */
@NullMarked
package dev.postrider.table;

import org.jspecify.annotations.NullMarked;
