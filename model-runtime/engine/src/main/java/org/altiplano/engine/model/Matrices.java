package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;

/** Where a model's matrices come from, as its kernels read them. Safe for concurrent use. The caller closes what it gets. */
interface Matrices {

    /** A list of four: q|k|v, o, gate|up, down. */
    IValue layer(int layer);

    /** The output projection. */
    IValue head();
}
