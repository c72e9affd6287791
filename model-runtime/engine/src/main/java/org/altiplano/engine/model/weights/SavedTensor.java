package org.altiplano.engine.model.weights;

/**
 * A tensor as PyTorch saves it: a view into a storage, nothing of it checked yet.
 *
 * @param storage that holds its numbers
 * @param offset of its first number in the storage, in elements
 * @param shape dimensions, outermost first
 * @param strides elements from one index to the next, by dimension
 */
record SavedTensor(Storage storage, long offset, long[] shape, long[] strides) {

    /**
     * A run of numbers in an entry of the file.
     *
     * @param format of one element a block
     * @param key names the entry
     * @param elements how many numbers
     */
    record Storage(BlockFormat format, String key, long elements) {
    }
}
