/** Drawing tokens from logits: what each row asks for on the Java side, the arithmetic in a program text. */
package org.altiplano.engine.sampling;
