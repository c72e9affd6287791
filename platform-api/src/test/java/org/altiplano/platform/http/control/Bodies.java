package org.altiplano.platform.http.control;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Request bodies for tests of what reads them. */
public final class Bodies {

    private Bodies() {
    }

    public static Fields fields(String json) {
        return RequestBody.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }
}
