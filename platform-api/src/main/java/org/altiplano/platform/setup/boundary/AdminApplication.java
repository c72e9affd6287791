package org.altiplano.platform.setup.boundary;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.altiplano.platform.audit.boundary.AuditFilter;
import org.altiplano.platform.audit.boundary.AuditResource;
import org.altiplano.platform.contentlog.boundary.ContentLogResource;
import org.altiplano.platform.database.boundary.BackupResource;
import org.altiplano.platform.http.boundary.OperationGates;
import org.altiplano.platform.http.boundary.ProblemDetails;
import org.altiplano.platform.http.boundary.ProblemMapper;
import org.altiplano.platform.models.boundary.ModelAdminResource;
import org.altiplano.platform.models.boundary.ModelJobResource;
import org.altiplano.platform.models.boundary.PinnedPrefixResource;
import org.altiplano.platform.secrets.boundary.SecretResource;
import org.altiplano.platform.sessions.boundary.MemberResource;
import org.altiplano.platform.tenants.boundary.ApiKeyResource;
import org.altiplano.platform.tenants.boundary.TenantResource;
import org.altiplano.platform.usage.boundary.PriceResource;
import org.altiplano.platform.usage.boundary.UsagePolicyResource;
import org.altiplano.platform.usage.boundary.UsageResource;
import org.altiplano.platform.workers.boundary.WorkerResource;

/** The API by which the console and the command line tool see and change the platform. */
@ApplicationPath("/admin/v1")
public class AdminApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(ModelAdminResource.class, ModelJobResource.class, PinnedPrefixResource.class, ApiKeyResource.class, MemberResource.class, WorkerResource.class,
                TenantResource.class, UsagePolicyResource.class, PriceResource.class, UsageResource.class, AuditResource.class, BackupResource.class,
                ContentLogResource.class, SecretResource.class, AuditFilter.class,
                OperationGates.class, ProblemMapper.class, ProblemDetails.class);
    }
}
