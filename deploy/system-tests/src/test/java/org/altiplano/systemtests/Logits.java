package org.altiplano.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recorded logits of a golden checkpoint: float32 matrices, one row for each recorded position. */
final class Logits {

    private final ByteBuffer data;
    private final JsonNode header;

    Logits(Path safetensors) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(file.getLong());
        header = Platform.tree(new String(file.array(), Long.BYTES, length, StandardCharsets.UTF_8));
        data = file.position(Long.BYTES + length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** log softmax of a row, at one token: the row's own maximum keeps the sum finite. */
    double logprob(String tensor, int row, int token) {
        int vocabulary = header.path(tensor).path("shape").path(1).asInt();
        int begin = header.path(tensor).path("data_offsets").path(0).asInt() + row * vocabulary * Float.BYTES;
        double most = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabulary; id++) {
            most = Math.max(most, data.getFloat(begin + id * Float.BYTES));
        }
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            sum += Math.exp(data.getFloat(begin + id * Float.BYTES) - most);
        }
        return data.getFloat(begin + token * Float.BYTES) - most - Math.log(sum);
    }
}
