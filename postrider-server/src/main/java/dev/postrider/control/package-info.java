/** The administrator's protocol over a Unix socket, both ends: list, flush, reload, stop. */
@NullMarked
package dev.postrider.control;

import org.jspecify.annotations.NullMarked;
