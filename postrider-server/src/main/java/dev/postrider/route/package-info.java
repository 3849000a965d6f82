/**
 * Which transport and which next hop an address has, by Postfix's address classes
 * [trivial-rewrite]. Looked up anew at each attempt.
 */
@NullMarked
package dev.postrider.route;

import org.jspecify.annotations.NullMarked;
