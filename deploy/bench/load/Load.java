import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends one request after the other over each of some kept connections, for some seconds, and prints a line of JSON: how many
 * were answered, how long an answer took and, of streams, its first event with text. One thread and one connection per client.
 *
 * <p>{@code java Load.java PORT PATH KEYS BODY CLIENTS WARM_UP_SECONDS SECONDS STATUS}: each request takes some key of the file KEYS
 * and the body of the file BODY; an answer of another status is counted as a failure.
 */
final class Load {

    private static final byte[] TEXT = "\"content\":\"".getBytes(StandardCharsets.US_ASCII);

    /** Nanoseconds from the request's first byte. */
    private record Answer(long first, long whole) {
    }

    private final int port;
    private final List<byte[]> requests;
    private final String status;
    private final long from;
    private final long until;
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    private Load(int port, List<byte[]> requests, String status, long from, long until) {
        this.port = port;
        this.requests = requests;
        this.status = status;
        this.from = from;
        this.until = until;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        byte[] body = Files.readAllBytes(Path.of(arguments[3]));
        List<byte[]> requests = new ArrayList<>();
        for (String key : Files.readAllLines(Path.of(arguments[2]))) {
            byte[] head = ("POST " + arguments[1] + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + key
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            byte[] request = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            requests.add(request);
        }
        int clients = Integer.parseInt(arguments[4]);
        double seconds = Double.parseDouble(arguments[6]);
        long from = System.nanoTime() + (long) (1e9 * Double.parseDouble(arguments[5]));
        Load load = new Load(port, requests, " " + arguments[7] + " ", from, from + (long) (1e9 * seconds));
        List<Thread> threads = new ArrayList<>();
        AtomicInteger numbers = new AtomicInteger();
        for (int client = 0; client < clients; client++) {
            threads.add(new Thread(null, () -> load.run(new Random(numbers.incrementAndGet())), "client", 256 * 1024));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        load.report(clients, seconds);
    }

    private void run(Random random) {
        while (System.nanoTime() < until) {
            try (Socket socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(30_000);
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
                while (System.nanoTime() < until) {
                    long begin = System.nanoTime();
                    socket.getOutputStream().write(requests.get(random.nextInt(requests.size())));
                    Answer answer = read(in, begin);
                    if (begin >= from) {
                        answers.add(answer);
                    }
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    private Answer read(InputStream in, long begin) throws IOException {
        String told = line(in);
        boolean chunked = false;
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            chunked |= header.startsWith("transfer-encoding: chunked");
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
            }
        }
        long first = 0;
        byte[] piece = chunked ? chunk(in) : in.readNBytes(length);
        String refused = told.contains(status) ? "" : told + " " + new String(piece, StandardCharsets.UTF_8);
        while (piece.length > 0) {
            if (first == 0 && holdsText(piece)) {
                first = System.nanoTime() - begin;
            }
            piece = chunked ? chunk(in) : new byte[0];
        }
        if (!refused.isEmpty()) {
            throw new IOException(refused);
        }
        return new Answer(first, System.nanoTime() - begin);
    }

    private static byte[] chunk(InputStream in) throws IOException {
        byte[] chunk = in.readNBytes(Integer.parseInt(line(in), 16));
        line(in);
        return chunk;
    }

    private static boolean holdsText(byte[] piece) {
        for (int at = 0; at + TEXT.length < piece.length; at++) {
            if (Arrays.equals(piece, at, at + TEXT.length, TEXT, 0, TEXT.length) && piece[at + TEXT.length] != '"') {
                return true;
            }
        }
        return false;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection was closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void report(int clients, double seconds) {
        long[] whole = answers.stream().mapToLong(Answer::whole).sorted().toArray();
        long[] first = answers.stream().mapToLong(Answer::first).sorted().toArray();
        System.out.printf(Locale.ROOT, "{\"clients\": %d, \"answers\": %d, \"failures\": %d, \"perSecond\": %.2f, \"p50\": %.3f, \"p99\": %.3f,"
                + " \"firstP50\": %.3f, \"firstP99\": %.3f}%n", clients, whole.length, failures.size(), whole.length / seconds,
                quantile(whole, 0.5), quantile(whole, 0.99), quantile(first, 0.5), quantile(first, 0.99));
        failures.stream().distinct().limit(3).forEach(System.err::println);
    }

    /** In milliseconds. */
    private static double quantile(long[] sorted, double share) {
        return sorted.length == 0 ? -1 : sorted[(int) Math.min(sorted.length - 1, (long) (share * sorted.length))] / 1e6;
    }
}
