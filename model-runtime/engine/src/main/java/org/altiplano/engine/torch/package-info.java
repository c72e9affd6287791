/** PyTorch through DJL: the native library, programs in TorchScript, native values. Nothing here knows a model. */
package org.altiplano.engine.torch;
