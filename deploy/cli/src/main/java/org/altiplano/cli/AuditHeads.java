package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.altiplano.security.audit.ChainCheck;

/**
 * Owns how far each chain of the audit log was found in order; kept beside the database and not in it, so that who cuts
 * the log there is found out.
 */
final class AuditHeads {

    private final Map<String, ChainCheck.Seen> seen = new TreeMap<>();

    private AuditHeads() {
    }

    static AuditHeads read(Home home) {
        AuditHeads heads = new AuditHeads();
        if (Files.exists(home.auditHeads())) {
            try {
                JsonNode json = Json.read(home.auditHeads());
                json.fieldNames().forEachRemaining(chain -> heads.seen.put(chain, new ChainCheck.Seen(
                        json.path(chain).path("sequence").asLong(), json.path(chain).path("hash").asText())));
            } catch (IOException unreadable) {
                throw new CommandFailure("Cannot read " + home.auditHeads() + ": " + unreadable.getMessage(), unreadable);
            }
        }
        return heads;
    }

    Optional<ChainCheck.Seen> of(String chain) {
        return Optional.ofNullable(seen.get(chain));
    }

    void put(String chain, ChainCheck.Seen last) {
        seen.put(chain, last);
    }

    /** The chains seen before and those that there are now: one that is gone as a whole is found out too. */
    List<String> andThose(List<String> chains) {
        TreeSet<String> all = new TreeSet<>(seen.keySet());
        all.addAll(chains);
        return List.copyOf(all);
    }

    void write(Home home) {
        ObjectNode json = Json.object();
        seen.forEach((chain, last) -> json.putObject(chain).put("sequence", last.sequence()).put("hash", last.hash()));
        PrivateFile.write(home.auditHeads(), Json.bytes(json));
    }
}
