package org.altiplano.security.apikey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.altiplano.security.secrets.MacKey;

/**
 * The installation's secrets for hashes of API keys, kept outside the database. Versions count from 1; the newest makes new
 * hashes, older ones check what they made until they are retired. One that is prepared makes none yet, but checks what other gateways
 * have made with it: so they can be restarted one after the other.
 */
public final class Pepper {

    /** Stands for a version that is gone, so that the others keep their numbers. */
    private static final String RETIRED = "-";

    /** Begins the line of the version that is prepared. */
    private static final String PREPARED = "+";

    private final List<Optional<MacKey>> versions;
    private final int newest;

    private Pepper(List<Optional<MacKey>> versions, int newest) {
        this.versions = versions;
        this.newest = newest;
    }

    /**
     * @param lines the versions, the oldest first, each 32 bytes in base64url, or {@code -} for one that is retired; after
     *        a {@code +}, last, one that is prepared
     * @throws IllegalArgumentException if they are not so, or there is no newest
     */
    public static Pepper parse(List<String> lines) {
        List<Optional<MacKey>> versions = new ArrayList<>();
        int newest = lines.size() - (hasPrepared(lines) ? 1 : 0);
        for (String line : lines) {
            String secret = versions.size() == newest ? line.substring(PREPARED.length()) : line;
            versions.add(secret.equals(RETIRED) ? Optional.empty() : Optional.of(MacKey.parse(secret)));
        }
        if (newest == 0 || versions.get(newest - 1).isEmpty() || versions.get(versions.size() - 1).isEmpty()) {
            throw new IllegalArgumentException("no newest version");
        }
        return new Pepper(versions, newest);
    }

    /** The lines with a new version, the prepared one if there is one. @param lines so far @param random a cryptographically strong source */
    public static List<String> rotated(List<String> lines, RandomGenerator random) {
        List<String> rotated = new ArrayList<>(lines);
        if (hasPrepared(lines)) {
            rotated.set(lines.size() - 1, lines.get(lines.size() - 1).substring(PREPARED.length()));
        } else {
            rotated.add(MacKey.generate(random));
        }
        return List.copyOf(rotated);
    }

    /** The lines with a version that is known from now on, and used from the next rotation on. */
    public static List<String> prepared(List<String> lines, RandomGenerator random) {
        return hasPrepared(lines) ? lines : Stream.concat(lines.stream(), Stream.of(PREPARED + MacKey.generate(random))).toList();
    }

    private static boolean hasPrepared(List<String> lines) {
        return !lines.isEmpty() && lines.get(lines.size() - 1).startsWith(PREPARED);
    }

    /** The number of the version that new hashes are made with. */
    public int newest() {
        return newest;
    }

    /** The highest number that can be checked here: the newest, or the one that is prepared. */
    public int known() {
        return versions.size();
    }

    /** A word for the newest, that tells nothing of it. */
    public String fingerprint() {
        return version(newest).orElseThrow().fingerprint();
    }

    /** Empty for a version that is retired or has never been. */
    public Optional<MacKey> version(int version) {
        return version >= 1 && version <= versions.size() ? versions.get(version - 1) : Optional.empty();
    }
}
