/** Tokens to step: which sequences run next and with how many tokens each. Pure Java, no tensors, one thread. */
package org.altiplano.engine.scheduler;
