package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Owns the open channel of one file of {@code torch.save}; any thread may read. Since PyTorch 1.6 it is a zip with a
 * dictionary of tensors as {@code NAME/data.pkl} and their numbers as {@code NAME/data/KEY}. Directory, pickle and tensors
 * are checked whole when the file is opened, and no code of the pickle runs; a tensor is mapped when it is asked for.
 */
public final class TorchFile implements AutoCloseable {

    /** The shards of Llama 2 70B have 723 tensors and a pickle of 70 kB. A hostile one may take a hundred times its length. */
    private static final long LONGEST_PICKLE = 1 << 20;

    private static final int ZIP_MAGIC = 'P' | 'K' << 8 | 3 << 16 | 4 << 24;
    private static final String PICKLE = "/data.pkl";

    private final Path file;
    private final FileChannel channel;
    private final Map<String, View> views = new LinkedHashMap<>();

    /** @param region of the bytes from the first number to the last */
    private record View(SavedTensor saved, Region region) {
    }

    private TorchFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        refuseOtherForms();
        Map<String, Region> entries = ZipDirectory.read(file, channel);
        String root = root(entries.keySet());
        checkByteOrder(entries, root);
        Region pickle = entries.get(root + PICKLE);
        byte[] program = content(pickle);
        for (Map.Entry<String, SavedTensor> tensor : SavedTensorsPickle.read(file, pickle.begin(), program).entrySet()) {
            views.put(tensor.getKey(), view("tensor " + tensor.getKey(), tensor.getValue(), entries, root));
        }
    }

    /** Opens a file and checks it; an IOException names file, tensor or opcode, and offset of what is wrong. */
    public static TorchFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new TorchFile(file, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Its path. */
    public Path file() {
        return file;
    }

    /** Names of the tensors, as in the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(views.keySet());
    }

    /** Dimensions of a tensor, outermost first, without mapping it. */
    public long[] shape(String name) {
        return view(name).saved.shape().clone();
    }

    /** The tensor of that name; throws {@link NoSuchElementException} where there is none. */
    public TensorRows tensor(String name) throws IOException {
        View view = view(name);
        SavedTensor saved = view.saved;
        Region region = view.region;
        if (region.length() > Integer.MAX_VALUE) {
            throw new IOException(file + ": tensor " + name + " at offset " + region.begin() + " has " + region.length()
                    + " bytes; at most 2 GiB can be mapped.");
        }
        ByteBuffer data = channel.map(MapMode.READ_ONLY, region.begin(), region.length()).order(ByteOrder.LITTLE_ENDIAN);
        long[] shape = saved.shape().clone();
        if (isContiguous(saved)) {
            return new EncodedTensor(file, name, saved.storage().format(), shape, region.begin(), data);
        }
        if (shape.length > 2) {
            throw new IOException(file + ": tensor " + name + " at offset " + region.begin() + " has " + shape.length
                    + " dimensions; a Llama model's tensors have one or two.");
        }
        long rowStride = shape.length == 2 ? saved.strides()[0] : 0;
        return new StridedTensor(file, name, saved.storage().format(), shape, rowStride, saved.strides()[shape.length - 1],
                region.begin(), data);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private View view(String name) {
        View view = views.get(name);
        if (view == null) {
            throw new NoSuchElementException(file + " has no tensor " + name + ".");
        }
        return view;
    }

    private void refuseOtherForms() throws IOException {
        ByteBuffer start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(start, 0);
        if (start.get(0) == (byte) 0x80) {
            throw new IOException(file + ": is a bare pickle at offset 0, the form of PyTorch before 1.6, which is not read. If you "
                    + "trust the file, write it anew with PyTorch: torch.save(torch.load(OLD, weights_only=True), NEW).");
        }
        if (start.getInt(0) != ZIP_MAGIC) {
            throw new IOException(file + ": does not begin as the zip file that torch.save writes.");
        }
    }

    private String root(Set<String> names) throws IOException {
        List<String> roots = names.stream().filter(name -> name.endsWith(PICKLE))
                .map(name -> name.substring(0, name.length() - PICKLE.length())).filter(root -> !root.contains("/")).toList();
        if (roots.size() != 1) {
            throw new IOException(file + ": has " + roots.size() + " entries NAME/data.pkl instead of one; it is no file of "
                    + "torch.save.");
        }
        return roots.get(0);
    }

    private void checkByteOrder(Map<String, Region> entries, String root) throws IOException {
        Region order = entries.get(root + "/byteorder");
        if (order != null && !new String(content(order), StandardCharsets.US_ASCII).equals("little")) {
            throw new IOException(file + ": " + order.name() + " at offset " + order.begin() + " does not say little.");
        }
    }

    private byte[] content(Region entry) throws IOException {
        if (entry.length() > LONGEST_PICKLE) {
            throw new IOException(file + ": " + entry.name() + " at offset " + entry.begin() + " has " + entry.length()
                    + " bytes; at most " + LONGEST_PICKLE + " are read.");
        }
        byte[] bytes = new byte[(int) entry.length()];
        channel.map(MapMode.READ_ONLY, entry.begin(), bytes.length).get(bytes);
        return bytes;
    }

    /** Where a tensor's numbers lie, refused where it reaches out of its storage or the storage is not what it is said to be. */
    private View view(String name, SavedTensor saved, Map<String, Region> entries, String root) throws IOException {
        SavedTensor.Storage storage = saved.storage();
        Region entry = entries.get(root + "/data/" + storage.key());
        if (entry == null) {
            throw new IOException(file + ": " + name + " is said to lie in the entry data/" + storage.key()
                    + ", which is missing.");
        }
        int bytes = storage.format().bytes();
        if (storage.elements() < 0 || entry.length() % bytes != 0 || entry.length() / bytes != storage.elements()) {
            throw new IOException(file + ": " + name + ": " + entry.name() + " at offset " + entry.begin() + " has "
                    + entry.length() + " bytes and not the " + storage.elements() + " numbers of " + storage.format()
                    + " that it is said to have.");
        }
        long elements = Region.elements(file, name, saved.shape());
        long reach = reach(name, saved);
        if (saved.offset() < 0 || reach > storage.elements() - saved.offset() || elements > storage.elements()) {
            throw new IOException(file + ": " + name + " has " + elements + " numbers from number " + saved.offset()
                    + " on and reaches out of the " + storage.elements() + " in " + entry.name() + " at offset " + entry.begin()
                    + ".");
        }
        long begin = entry.begin() + saved.offset() * bytes;
        return new View(saved, new Region(name, begin, begin + reach * bytes));
    }

    /** Elements from the first number to behind the last. */
    private long reach(String name, SavedTensor saved) throws IOException {
        long reach = 1;
        for (int i = 0; i < saved.shape().length; i++) {
            if (saved.strides()[i] < 0) {
                throw new IOException(file + ": " + name + " has the negative stride " + saved.strides()[i] + ".");
            }
            if (saved.shape()[i] == 0) {
                return 0;
            }
            try {
                reach = Math.addExact(reach, Math.multiplyExact(saved.shape()[i] - 1, saved.strides()[i]));
            } catch (ArithmeticException e) {
                throw new IOException(file + ": " + name + " reaches further than can be counted.", e);
            }
        }
        return reach;
    }

    private static boolean isContiguous(SavedTensor saved) {
        long expected = 1;
        for (int i = saved.shape().length - 1; i >= 0; i--) {
            if (saved.shape()[i] != 1 && saved.strides()[i] != expected) {
                return false;
            }
            expected *= saved.shape()[i];
        }
        return true;
    }
}
