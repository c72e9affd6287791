package org.altiplano.platform.provisioning.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The part of Keycloak's admin REST that the platform uses, below {@code /admin/realms/NAME} (Keycloak 26.7). */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public interface KeycloakAdmin {

    @GET
    @Path("organizations")
    JsonArray organizations(@QueryParam("search") String name, @QueryParam("exact") boolean exact,
                            @QueryParam("briefRepresentation") boolean brief);

    @GET
    @Path("organizations/{organization}")
    JsonObject organization(@PathParam("organization") String organization);

    @POST
    @Path("organizations")
    Response createOrganization(JsonObject organization);

    @DELETE
    @Path("organizations/{organization}")
    void deleteOrganization(@PathParam("organization") String organization);

    @GET
    @Path("organizations/{organization}/groups")
    JsonArray groups(@PathParam("organization") String organization, @QueryParam("briefRepresentation") boolean brief,
                     @QueryParam("max") int most);

    @POST
    @Path("organizations/{organization}/groups")
    JsonObject createGroup(@PathParam("organization") String organization, JsonObject group);

    @GET
    @Path("organizations/{organization}/groups/{group}/role-mappings/clients/{client}/available")
    JsonArray rolesToGive(@PathParam("organization") String organization, @PathParam("group") String group, @PathParam("client") String client);

    @POST
    @Path("organizations/{organization}/groups/{group}/role-mappings/clients/{client}")
    void giveRoles(@PathParam("organization") String organization, @PathParam("group") String group, @PathParam("client") String client,
                   JsonArray roles);

    @GET
    @Path("organizations/{organization}/groups/{group}/members")
    JsonArray groupMembers(@PathParam("organization") String organization, @PathParam("group") String group,
                           @QueryParam("first") int first, @QueryParam("max") int most);

    @PUT
    @Path("organizations/{organization}/groups/{group}/members/{user}")
    void join(@PathParam("organization") String organization, @PathParam("group") String group, @PathParam("user") String user);

    @DELETE
    @Path("organizations/{organization}/groups/{group}/members/{user}")
    void leave(@PathParam("organization") String organization, @PathParam("group") String group, @PathParam("user") String user);

    @GET
    @Path("organizations/{organization}/members")
    JsonArray members(@PathParam("organization") String organization, @QueryParam("first") int first, @QueryParam("max") int most);

    /** @param user the id, as it stands */
    @POST
    @Path("organizations/{organization}/members")
    void addMember(@PathParam("organization") String organization, String user);

    @DELETE
    @Path("organizations/{organization}/members/{user}")
    void removeMember(@PathParam("organization") String organization, @PathParam("user") String user);

    @GET
    @Path("organizations/{organization}/members/{user}/groups")
    JsonArray groupsOf(@PathParam("organization") String organization, @PathParam("user") String user);

    @GET
    @Path("organizations/members/{user}/organizations")
    JsonArray organizationsOf(@PathParam("user") String user);

    @GET
    @Path("users")
    JsonArray users(@QueryParam("username") String username, @QueryParam("exact") boolean exact);

    /** @param attribute {@code name:value} */
    @GET
    @Path("users")
    JsonArray usersWith(@QueryParam("q") String attribute, @QueryParam("max") int most);

    @POST
    @Path("users")
    Response createUser(JsonObject user);

    @PUT
    @Path("users/{user}")
    void changeUser(@PathParam("user") String user, JsonObject changed);

    @DELETE
    @Path("users/{user}")
    void deleteUser(@PathParam("user") String user);

    @PUT
    @Path("users/{user}/reset-password")
    void resetPassword(@PathParam("user") String user, JsonObject password);

    /** Ends all sessions of a user. */
    @POST
    @Path("users/{user}/logout")
    void signOut(@PathParam("user") String user);

    @GET
    @Path("users/{user}/role-mappings/realm")
    JsonArray realmRoles(@PathParam("user") String user);

    @GET
    @Path("users/{user}/role-mappings/realm/available")
    JsonArray realmRolesToGive(@PathParam("user") String user);

    @POST
    @Path("users/{user}/role-mappings/realm")
    void giveRealmRoles(@PathParam("user") String user, JsonArray roles);

    @DELETE
    @Path("users/{user}/role-mappings/realm")
    void takeRealmRoles(@PathParam("user") String user, JsonArray roles);
}
