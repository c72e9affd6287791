package org.altiplano.platform.http.boundary;

import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import org.altiplano.security.access.Performs;

/** Puts a gate before every resource method. An interface with a method that performs no operation does not start. */
@Provider
public class OperationGates implements DynamicFeature {

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Performs performs = resource.getResourceMethod().getAnnotation(Performs.class);
        if (performs == null) {
            throw new IllegalStateException(resource.getResourceMethod() + " must say which operation it performs.");
        }
        if (!performs.value().isOpen()) {
            context.register(new OperationGate(performs.value()));
        }
    }
}
