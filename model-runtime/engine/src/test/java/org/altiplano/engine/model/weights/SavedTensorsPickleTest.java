package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SavedTensorsPickleTest {

    private static final Path FILE = Path.of("consolidated.00.pth");

    @Test
    void readsTheOpcodesOfLaterProtocolsToo() throws IOException {
        TorchBytes pickle = new TorchBytes().op(0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0).op(0x8c, 1, 'a', 0x94);
        pickle.op(0x8c, 12).op("torch._utils".chars().toArray());
        pickle.op(0x8c, 18).op("_rebuild_tensor_v2".chars().toArray()).op(0x93, 0x94);
        pickle.op('(', '(').text("storage").global("torch", "HalfStorage").text("0").text("cpu").op('M', 0, 2, 't', 'Q');
        pickle.op('J', 1, 0, 0, 0, 'K', 7, 0x85, 'K', 1, 0x85, 0x88, 'N', 't', 'R');
        pickle.op('r', 1, 0, 0, 1).text("b").op('j', 1, 0, 0, 1);
        Map<String, SavedTensor> tensors = SavedTensorsPickle.read(FILE, 0, pickle.pickle());
        assertEquals(List.of("a", "b"), List.copyOf(tensors.keySet()));
        SavedTensor b = tensors.get("b");
        assertEquals(new SavedTensor.Storage(BlockFormat.F16, "0", 512), b.storage());
        assertEquals(1, b.offset());
        assertArrayEquals(new long[] {7}, b.shape());
    }

    /** No file is written, so many can be tried: whatever the bytes are, there are tensors or there is a sentence. */
    @Test
    void noDamagedPickleDoesMoreThanFail() {
        byte[] original = new TorchBytes().floats("a", new float[6], 2, 3).floats("b", new float[4], 4).pickle();
        Random random = new Random(19);
        int refused = 0;
        int count = 50_000;
        for (int i = 0; i < count; i++) {
            byte[] mutant = original.clone();
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                mutant[random.nextInt(mutant.length)] = (byte) (random.nextInt(3) > 0 ? original[random.nextInt(mutant.length)]
                        : random.nextInt());
            }
            try {
                SavedTensorsPickle.read(FILE, 0, mutant);
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith(FILE.toString()), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > count / 2, "only " + refused + " were refused");
    }
}
