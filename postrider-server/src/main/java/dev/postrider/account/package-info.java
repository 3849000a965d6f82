/**
 * What is remembered of the accounts at providers, also over a restart: which ones refuse their
 * login or have used up their quota, and when they are asked again; how much those have sent that
 * have limits, and whether more may go now. Safe on any thread; opens no connection, decides
 * nothing about single messages.
 */
@NullMarked
package dev.postrider.account;

import org.jspecify.annotations.NullMarked;
