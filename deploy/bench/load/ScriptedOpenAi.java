import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An OpenAI-compatible server without a model, which a gateway under test may have behind it: every chat completion is the same
 * pieces, whole or as a stream of one event each. One thread per connection. Prints its port.
 *
 * <p>{@code java ScriptedOpenAi.java PIECES PERIOD_MS}: a stream of the model {@code steady} has a pause after each piece, all
 * others have none.
 */
final class ScriptedOpenAi {

    private static final String HEAD = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion%s\",\"created\":1700000000,\"model\":\"scripted\",";

    private final int pieces;
    private final long period;

    private ScriptedOpenAi(int pieces, long period) {
        this.pieces = pieces;
        this.period = period;
    }

    public static void main(String[] arguments) throws IOException {
        ScriptedOpenAi script = new ScriptedOpenAi(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
        try (ServerSocket server = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                new Thread(null, () -> script.serve(socket), "connection", 256 * 1024).start();
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int length = 0;
                for (; !line.isEmpty(); line = line(in)) {
                    if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
                    }
                }
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8).replace(" ", "");
                if (body.contains("\"stream\":true")) {
                    stream(out, body.contains("\"model\":\"steady\"") ? period : 0);
                } else {
                    whole(out);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone, which is how each connection ends.
            return;
        }
    }

    private void whole(OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int piece = 0; piece < pieces; piece++) {
            text.append('w').append(piece).append(' ');
        }
        byte[] body = (HEAD.formatted("") + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":" + pieces + ",\"total_tokens\":"
                + (40 + pieces) + "}}").getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] answer = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, answer, head.length, body.length);
        out.write(answer);
    }

    private void stream(OutputStream out, long pause) throws IOException, InterruptedException {
        StringBuilder waiting = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int piece = 0; piece < pieces; piece++) {
            waiting.append(event("{\"role\":\"assistant\",\"content\":\"w" + piece + " \"}", "null"));
            if (pause > 0) {
                send(out, waiting);
                Thread.sleep(pause);
            }
        }
        String done = "data: [DONE]\n\n";
        send(out, waiting.append(event("{}", "\"stop\"")).append(chunk(done)).append("0\r\n\r\n"));
    }

    private static void send(OutputStream out, StringBuilder waiting) throws IOException {
        out.write(waiting.toString().getBytes(StandardCharsets.UTF_8));
        waiting.setLength(0);
    }

    private static String event(String delta, String reason) {
        return chunk("data: " + HEAD.formatted(".chunk") + "\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + reason
                + "}]}\n\n");
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
