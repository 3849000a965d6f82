package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;

/** A job that is not tried, because its destination did not answer a moment ago. */
record Suspended(Job job, DeliveryStatus.Deferred cause) {}
