package org.altiplano.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.altiplano.cli.AuditCheck.Finding;
import org.altiplano.security.audit.AuditEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano audit}. */
@Command(name = "audit", description = "What was done to a running platform, and whether the record of it is whole.",
        subcommands = {AuditCommand.Verify.class, AuditCommand.Export.class})
final class AuditCommand {

    @ParentCommand
    private Altiplano altiplano;

    /** {@code altiplano audit verify}. Checks with the key of the home, not with anything that the gateway says. */
    @Command(name = "verify", description = "Finds events that were edited, removed, put in or moved. Remembers how far it came,"
            + " so that the next time it also finds events that were removed at the end.")
    static final class Verify implements Runnable {

        @ParentCommand
        private AuditCommand audit;

        @Option(names = "--tenant", paramLabel = "T", description = "Only this tenant's events (default: all).")
        private Optional<String> tenant;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            Home home = audit.altiplano.home();
            Map<String, Finding> findings = new AuditCheck(home, audit.altiplano.gateway()).run(tenant);
            if (json.isAsked()) {
                ObjectNode told = Json.object();
                findings.forEach((chain, finding) -> told.putObject(chain).put("events", finding.events())
                        .put("fault", finding.fault().orElse(null)));
                audit.altiplano.terminal().print(Json.pretty(told));
            } else {
                findings.forEach((chain, finding) -> audit.altiplano.terminal().print(chain + ": "
                        + finding.fault().orElse(finding.events() + " events, all in order")));
            }
            AuditCheck.faults(findings).ifPresent(faults -> {
                throw new CommandFailure(faults);
            });
        }
    }

    /** {@code altiplano audit export}. */
    @Command(name = "export", description = "Prints all events of a tenant, or of the platform as a whole, one JSON object a line.")
    static final class Export implements Runnable {

        @ParentCommand
        private AuditCommand audit;

        @Option(names = "--tenant", paramLabel = "T", defaultValue = AuditEvent.PLATFORM,
                description = "Whose events (default: ${DEFAULT-VALUE}).")
        private String tenant;

        @Override
        public void run() {
            try (AuditExport events = audit.altiplano.gateway().auditEvents(tenant)) {
                for (Optional<String> line = events.next(); line.isPresent(); line = events.next()) {
                    audit.altiplano.terminal().print(line.get());
                }
            }
        }
    }
}
