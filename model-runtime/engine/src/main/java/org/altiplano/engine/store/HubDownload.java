package org.altiplano.engine.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Gets a repository of a model hub over HTTP, file by file. A file is written beside its place, under a name with the hub's
 * entity tag, and continued there by a Range request when a download was cut off.
 *
 * @param hub address of the hub
 * @param repository owner and name
 * @param files to fetch; those of the list {@code optional} may be missing
 */
record HubDownload(URI hub, String repository, List<String> files, List<String> optional) {

    /** SmolLM2-135M-Instruct in its original form (Apache-2.0). */
    static final HubDownload SMOLLM2 = new HubDownload(URI.create("https://huggingface.co"),
            "HuggingFaceTB/SmolLM2-135M-Instruct",
            List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"),
            List.of("generation_config.json", "tokenizer_config.json"));

    private static final int CONNECT_MILLIS = 5_000;
    private static final int READ_MILLIS = 20_000;
    private static final int REDIRECTS = 5;

    /**
     * What the hub says of a file.
     *
     * @param connection that delivers it
     * @param tag entity tag without quotes: the SHA-256 of a large file, else some other hash; empty if none
     * @param bytes size; -1 if not said
     * @param commit of the repository; empty if not said
     */
    private record Answer(HttpURLConnection connection, String tag, long bytes, String commit) {
    }

    /** Fetches what is not there yet; returns the folder, which then holds all files as of one commit. */
    Path fetch(Path folder, Progress progress) throws IOException {
        Optional<String> commit = Optional.empty();
        Path target = folder;
        for (String file : files) {
            String revision = commit.orElse("main");
            Answer answer = request(address(file, revision), 0);
            if (answer.connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND && optional.contains(file)) {
                continue;
            }
            requireOk(answer.connection);
            if (commit.isEmpty()) {
                commit = Optional.of(answer.commit.isEmpty() ? "main" : answer.commit);
                target = Files.createDirectories(folder.resolve("hub-" + commit.get()));
            }
            if (!Files.exists(target.resolve(file))) {
                fetch(file, address(file, commit.get()), answer, target, progress);
            }
            answer.connection.disconnect();
        }
        return target;
    }

    private void fetch(String file, URI address, Answer first, Path target, Progress progress) throws IOException {
        Path part = target.resolve(file + "." + first.tag.replaceAll("[^A-Za-z0-9]", "") + ".part");
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (have > 0 && first.bytes > have) {
            first.connection.disconnect();
            Answer rest = request(address, have);
            requireOk(rest.connection);
            boolean continued = rest.connection.getResponseCode() == HttpURLConnection.HTTP_PARTIAL;
            copy(file, rest.connection, part, continued ? have : 0, first.bytes, progress);
        } else if (have == 0 || have != first.bytes) {
            copy(file, first.connection, part, 0, first.bytes, progress);
        }
        check(file, part, first);
        Files.move(part, target.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private void copy(String file, HttpURLConnection connection, Path part, long from, long total, Progress progress)
            throws IOException {
        StandardOpenOption mode = from > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
            byte[] buffer = new byte[1 << 16];
            long done = from;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                done += count;
                progress.report("Downloading " + file + " from " + hub.getHost(), done, Math.max(total, 0));
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("The download was interrupted.");
                }
            }
        }
    }

    /** The whole file must have the hub's size and, where the tag is one, SHA-256; else it is thrown away. */
    private void check(String file, Path part, Answer answer) throws IOException {
        long bytes = Files.size(part);
        if (answer.bytes > bytes) {
            throw new EOFException(file + " ended after " + bytes + " of " + answer.bytes + " bytes.");
        }
        boolean sameSize = answer.bytes < 0 || bytes == answer.bytes;
        if (!sameSize || answer.tag.matches("[0-9a-f]{64}") && !Sha256.of(part, read -> { }).equals(answer.tag)) {
            Files.delete(part);
            throw new IOException(file + " does not have the size and checksum that " + hub.getHost() + " gives.");
        }
    }

    private URI address(String file, String revision) {
        return hub.resolve("/" + repository + "/resolve/" + revision + "/" + file);
    }

    /** Follows redirects itself, because the hub tells size and checksum in the redirect to its storage. */
    private Answer request(URI address, long from) throws IOException {
        URI next = address;
        String tag = "";
        String commit = "";
        long bytes = -1;
        for (int i = 0; i <= REDIRECTS; i++) {
            HttpURLConnection connection = (HttpURLConnection) next.toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("User-Agent", "altiplano");
            if (from > 0) {
                connection.setRequestProperty("Range", "bytes=" + from + "-");
            }
            int status = connection.getResponseCode();
            tag = first(tag, connection, "X-Linked-Etag", "ETag");
            commit = first(commit, connection, "X-Repo-Commit");
            bytes = connection.getHeaderFieldLong("X-Linked-Size", bytes);
            String location = connection.getHeaderField("Location");
            if (status / 100 != 3 || location == null) {
                long whole = bytes < 0 && status == HttpURLConnection.HTTP_OK ? connection.getContentLengthLong() : bytes;
                return new Answer(connection, tag, whole, commit);
            }
            connection.disconnect();
            next = next.resolve(location);
            if (!next.getScheme().equals(hub.getScheme())) {
                throw new IOException(hub.getHost() + " redirects to the scheme " + next.getScheme() + ".");
            }
        }
        throw new IOException(hub.getHost() + " redirects more than " + REDIRECTS + " times.");
    }

    private static String first(String found, HttpURLConnection connection, String... fields) {
        for (String field : fields) {
            String value = connection.getHeaderField(field);
            if (found.isEmpty() && value != null) {
                return value.replaceAll("^(W/)?\"|\"$", "").replaceAll("[^A-Za-z0-9-]", "");
            }
        }
        return found;
    }

    private void requireOk(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_PARTIAL) {
            throw new IOException(connection.getURL().getHost() + " answers with status " + status + ".");
        }
    }
}
