package org.altiplano.platform.database.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.altiplano.platform.database.control.Backups;
import org.altiplano.platform.database.control.Backups.Backup;
import org.altiplano.platform.http.control.Json;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/backups}. */
@Path("backups")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class BackupResource {

    @Inject
    private Backups backups;

    /** Says where the backup is on the gateway's host, and not what is in it. */
    @POST
    @Performs(Operation.BACK_UP)
    public Response make() {
        Backup made = backups.make();
        JsonObject told = Json.object().add("file", made.file().toString()).add("schema", made.schema()).add("rows", made.rows())
                .add("at", made.at().toString()).build();
        return Response.status(Response.Status.CREATED).entity(told).build();
    }
}
