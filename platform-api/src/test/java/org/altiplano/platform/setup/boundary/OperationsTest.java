package org.altiplano.platform.setup.boundary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.Application;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.platform.http.boundary.OperationGates;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.junit.jupiter.api.Test;

class OperationsTest {

    private static final List<Application> APPLICATIONS =
            List.of(new OpenAiApplication(), new AdminApplication(), new AuthApplication());

    @Test
    void everyMethodOfEveryInterfacePerformsAnOperation() {
        List<Method> unbound = methods().filter(method -> !method.isAnnotationPresent(Performs.class)).toList();
        assertEquals(List.of(), unbound);
    }

    @Test
    void everyOperationIsOnOffer() {
        Set<Operation> performed = methods().map(method -> method.getAnnotation(Performs.class).value())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Operation.class)));
        assertEquals(EnumSet.allOf(Operation.class), performed);
    }

    @Test
    void everyInterfaceHasItsGates() {
        APPLICATIONS.forEach(application -> assertTrue(application.getClasses().contains(OperationGates.class),
                application.getClass() + " has no gates"));
    }

    private static Stream<Method> methods() {
        return APPLICATIONS.stream().flatMap(application -> application.getClasses().stream())
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Arrays.stream(method.getAnnotations())
                        .anyMatch(annotation -> annotation.annotationType().isAnnotationPresent(HttpMethod.class)));
    }
}
