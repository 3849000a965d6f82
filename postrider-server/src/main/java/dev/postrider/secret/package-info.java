/**
 * Where passwords and keys come from, and how they are kept: a source is named in a configuration
 * that anybody may read, the secret is fetched from it when it is used. Safe on any thread. A
 * secret must not get into a message, an exception, an argument of a program or a file that others
 * may read; nothing here puts one there, and no {@code toString} tells one.
 */
@NullMarked
package dev.postrider.secret;

import org.jspecify.annotations.NullMarked;
