package org.altiplano.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.altiplano.contract.TokenBytes;
import org.altiplano.engine.text.Tokenizer;

/** Four control tokens, the 256 bytes from id 4 on, then the pieces given. Encodes byte by byte. */
final class FixedTokenizer implements Tokenizer {

    static final int BOS = 0;
    static final int EOS = 1;
    static final int FIRST_BYTE = 4;
    static final int FIRST_PIECE = FIRST_BYTE + 256;

    private static final List<String> CONTROL = List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>");

    private final List<String> pieces;

    FixedTokenizer(String... pieces) {
        this.pieces = List.of(pieces);
    }

    static int[] ids(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = FIRST_BYTE + (bytes[i] & 0xFF);
        }
        return ids;
    }

    @Override
    public int size() {
        return FIRST_PIECE + pieces.size();
    }

    @Override
    public int[] encode(String text) {
        return ids(text);
    }

    @Override
    public OptionalInt bos() {
        return OptionalInt.of(BOS);
    }

    @Override
    public OptionalInt control(String text) {
        int id = CONTROL.indexOf(text);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean isControl(int id) {
        return id < FIRST_BYTE;
    }

    @Override
    public TokenBytes bytes(int id) {
        if (isControl(id)) {
            return TokenBytes.EMPTY;
        }
        return id < FIRST_PIECE ? new TokenBytes(new byte[] {(byte) (id - FIRST_BYTE)}) : TokenBytes.of(pieces.get(id - FIRST_PIECE));
    }

    @Override
    public String decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(bytes(id).value());
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
