/** SASL mechanisms without input or output. Secrets stay in memory and never reach a log. */
@NullMarked
package dev.postrider.sasl;

import org.jspecify.annotations.NullMarked;
