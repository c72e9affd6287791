package org.altiplano.engine.model;

import org.altiplano.contract.ModelShape;

/**
 * What the model program must know besides the weights.
 *
 * @param shape dimensions
 * @param normEps epsilon of RMSNorm
 * @param ropeTheta base of the rotary frequencies (10 000 in Llama 2)
 * @param ropeScale linear position scaling: positions are divided by it (1: none)
 */
public record ModelConfig(ModelShape shape, double normEps, double ropeTheta, double ropeScale) {
}
