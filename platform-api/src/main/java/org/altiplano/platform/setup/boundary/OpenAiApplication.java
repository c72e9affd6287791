package org.altiplano.platform.setup.boundary;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.altiplano.platform.audit.boundary.KeyUseFilter;
import org.altiplano.platform.audit.boundary.RefusalFilter;
import org.altiplano.platform.completions.boundary.CompletionResource;
import org.altiplano.platform.completions.boundary.TokenResource;
import org.altiplano.platform.http.boundary.OperationGates;
import org.altiplano.platform.http.boundary.ProblemMapper;
import org.altiplano.platform.models.boundary.ModelResource;
import org.altiplano.platform.usage.boundary.OwnUsageResource;

/** The API that clients of the OpenAI API know. */
@ApplicationPath("/v1")
public class OpenAiApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(CompletionResource.class, TokenResource.class, ModelResource.class, OwnUsageResource.class,
                KeyUseFilter.class, RefusalFilter.class, OperationGates.class, ProblemMapper.class);
    }
}
