/** Wiring, signals and start-up: the only place that makes services [master]. */
@NullMarked
package dev.postrider.daemon;

import org.jspecify.annotations.NullMarked;
