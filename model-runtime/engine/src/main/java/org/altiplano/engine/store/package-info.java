/**
 * The local model store: checkpoints in, opened models and checkpoints out.
 *
 * <p>A stored model is complete or absent. An import writes to a hidden folder on the same disk, forces every file and
 * renames the folder; what a killed import leaves is cleared by the next one. Stored weights are plain safetensors with
 * Hugging Face's names and rotary layout: F32 for dtype fp32; otherwise 16-bit numbers as they came and everything else as
 * F16, tensors beyond its range and norms as F32. Tokenizer files are kept as they came; an export writes them and the
 * stored weights as a folder in Hugging Face's layout. What our operators read is packed when a model is first loaded, and kept in
 * its folder beside what the manifest lists.
 *
 * <p>Sizes are checked when a model is opened, and SHA-256 sums up to 512 MiB in all (below a second); of larger models
 * only the sums of the texts and the headers are.
 */
package org.altiplano.engine.store;
