package org.altiplano.contract;

/**
 * Dimensions of a Llama-architecture decoder (paper section 2.2 and Table 1).
 *
 * @param layers number of blocks
 * @param dim model width
 * @param heads query heads
 * @param kvHeads key/value heads: equal to {@code heads} (MHA), fewer (GQA) or 1 (MQA)
 * @param headDim width of a head
 * @param ffn width of the SwiGLU hidden layer
 * @param vocabulary number of tokens
 * @param context longest sequence, in tokens
 * @param tiedEmbeddings whether the output projection is the embedding matrix
 */
public record ModelShape(int layers, int dim, int heads, int kvHeads, int headDim, int ffn, int vocabulary, int context,
                         boolean tiedEmbeddings) {

    /** Number of weights, to the unit. */
    public long parameters() {
        long attention = (long) dim * headDim * (heads + 2L * kvHeads) + (long) heads * headDim * dim;
        long block = attention + 3L * dim * ffn + 2L * dim;
        long embeddings = (long) vocabulary * dim * (tiedEmbeddings ? 1 : 2);
        return layers * block + embeddings + dim;
    }
}
