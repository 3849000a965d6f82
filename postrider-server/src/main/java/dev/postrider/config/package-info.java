/**
 * main.cf and master.cf with Postfix's syntax, and the one typed registry of parameters; everything
 * that reads a parameter goes through Config. A Config is an immutable snapshot; a reload makes a
 * new one.
 */
@NullMarked
package dev.postrider.config;

import org.jspecify.annotations.NullMarked;
