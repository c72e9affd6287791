package org.altiplano.systemtests;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Owns a proxy on loopback that answers in the model hub's place, over TLS with a certificate that only {@link #javaOptions}
 * trust: programs that use it need not know. One thread for each connection, one request on each.
 */
final class StandInHub implements AutoCloseable {

    private static final String PASSWORD = "stand-in";
    private static final int NEVER = Integer.MAX_VALUE;

    private final Path files;
    private final Path certificate;
    private final SSLContext tls;
    private final ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile int stallAfter = NEVER;
    private volatile boolean stalled;

    private StandInHub(Path files, Path certificate, SSLContext tls) throws IOException {
        this.files = files;
        this.certificate = certificate;
        this.tls = tls;
    }

    /** @param folder for the certificate */
    static StandInHub open(Path files, Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        Path certificate = folder.resolve("hub.p12");
        int status = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-keyalg", "EC",
                "-dname", "CN=huggingface.co", "-ext", "san=dns:huggingface.co", "-storetype", "PKCS12",
                "-storepass", PASSWORD, "-keystore", certificate.toString()).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("keytool ended with " + status);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificate)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        var hub = new StandInHub(files, certificate, tls);
        hub.daemon(hub::accept);
        return hub;
    }

    /** Options by which a JVM takes this for the hub. */
    String javaOptions() {
        return "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=" + proxy.getLocalPort() + " -Djavax.net.ssl.trustStore="
                + certificate + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD;
    }

    /** From now on the weights stop after so many bytes, their connection stays open. */
    void stallAfter(int bytes) {
        stallAfter = bytes;
    }

    boolean hasStalled() {
        return stalled;
    }

    void goOn() {
        stallAfter = NEVER;
    }

    /** What was asked for, such as {@code model.safetensors from 100}. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }

    private void accept() throws IOException {
        while (!proxy.isClosed()) {
            Socket client = proxy.accept();
            daemon(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            head(client.getInputStream()); // CONNECT
            client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            SSLSocket hub = (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
            hub.setUseClientMode(false);
            var lines = new BufferedReader(new InputStreamReader(hub.getInputStream(), StandardCharsets.US_ASCII));
            String path = lines.readLine().split(" ")[1];
            int from = 0;
            for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
                from = line.startsWith("Range: bytes=") ? Integer.parseInt(line.replaceAll("[^0-9]", "")) : from;
            }
            answer(hub.getOutputStream(), path.substring(path.lastIndexOf('/') + 1), from);
        }
    }

    private void answer(OutputStream out, String name, int from) throws IOException {
        requests.add(name + " from " + from);
        Path file = files.resolve(name);
        byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        out.write(("HTTP/1.1 " + (!Files.exists(file) ? "404 None" : from > 0 ? "206 Part" : "200 OK")
                + "\r\nX-Repo-Commit: 12ab34cd\r\nETag: \"0123456789\"\r\nContent-Length: " + (content.length - from)
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        boolean stalls = name.equals("model.safetensors") && stallAfter < content.length;
        out.write(content, from, (stalls ? stallAfter : content.length) - from);
        out.flush();
        while (stalls && stallAfter != NEVER) {
            stalled = true;
            pause();
        }
    }

    /** Reads byte by byte, since TLS begins right behind it. */
    private static void head(InputStream in) throws IOException {
        for (int last = 0; last != 0x0D0A0D0A;) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            last = last << 8 | next;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException over) {
                // The client was killed or the hub is closed: as the test wants it.
            }
        }, "stand-in-hub");
        thread.setDaemon(true);
        thread.start();
    }

    /** Something that may break off. */
    private interface Work {

        void run() throws IOException;
    }
}
