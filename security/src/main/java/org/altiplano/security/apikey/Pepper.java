package org.altiplano.security.apikey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.altiplano.security.secrets.MacKey;

/**
 * The installation's secrets for hashes of API keys, kept outside the database. Versions count from 1; the newest makes new
 * hashes, older ones check what they made until they are retired.
 */
public final class Pepper {

    /** Stands for a version that is gone, so that the others keep their numbers. */
    private static final String RETIRED = "-";

    private final List<Optional<MacKey>> versions;

    private Pepper(List<Optional<MacKey>> versions) {
        this.versions = versions;
    }

    /**
     * @param lines the versions, the oldest first, each 32 bytes in base64url, or {@code -} for one that is retired
     * @throws IllegalArgumentException if they are not so, or there is no newest
     */
    public static Pepper parse(List<String> lines) {
        List<Optional<MacKey>> versions = new ArrayList<>();
        lines.forEach(line -> versions.add(line.equals(RETIRED) ? Optional.empty() : Optional.of(MacKey.parse(line))));
        if (versions.isEmpty() || versions.get(versions.size() - 1).isEmpty()) {
            throw new IllegalArgumentException("no newest version");
        }
        return new Pepper(versions);
    }

    /** The lines with a new version. @param lines so far @param random a cryptographically strong source */
    public static List<String> rotated(List<String> lines, RandomGenerator random) {
        return Stream.concat(lines.stream(), Stream.of(MacKey.generate(random))).toList();
    }

    /** The number of the version that new hashes are made with. */
    public int newest() {
        return versions.size();
    }

    /** Empty for a version that is retired or has never been. */
    public Optional<MacKey> version(int version) {
        return version >= 1 && version <= versions.size() ? versions.get(version - 1) : Optional.empty();
    }
}
