// Generated from openapi/capping.yaml by scripts/generate.mjs. Do not edit.

export interface components {
    schemas: {
        /**
         * @description Identifier of a configuration, given by the service. Every published one is a UUID (observed); other characters that need no escaping in a path are accepted (inferred).
         * @example 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
         */
        Uid: string;
        /**
         * @description Nothing can be asked for; the body is an empty object (documented).
         * @example {}
         */
        ListRequest: Record<string, never>;
        /**
         * @description What a caller sends to create or overwrite a capping configuration (documented).
         * @example {
         *       "url": "https://api.example.org/data/2.5/*",
         *       "methods": [
         *         "GET"
         *       ],
         *       "services": {
         *         "dataSource": {
         *           "maxHttpConnections": 50,
         *           "rating": {
         *             "maxCallsCount": 500,
         *             "periodInMs": 1000
         *           }
         *         }
         *       }
         *     }
         */
        CappingDefinition: {
            /**
             * @description URL of the endpoint as the custom action or data source names it; `*` stands for any text in the path, not in host or port (documented: codes 101, 102).
             * @example https://api.example.org/data/2.5/*
             */
            url: string;
            /**
             * @description The HTTP methods that are limited, at least one (documented, code 103).
             * @example [
             *       "GET"
             *     ]
             */
            methods: components["schemas"]["HttpMethod"][];
            services: components["schemas"]["CappingServices"];
            /**
             * @description The organization. Required by the vendor's specification, absent from the product documentation's example; the client fills it in when the caller does not (documented).
             * @example 0123456789ABCDEF01234567@AdobeOrg
             */
            orgId?: string;
        };
        /**
         * @description What the limit applies to: custom actions, data sources, or both, each with its own limit (documented; at least one, code 104). The vendor's schema has one property literally named `action|dataSource`; its samples have these two.
         * @example {
         *       "dataSource": {
         *         "rating": {
         *           "maxCallsCount": 500,
         *           "periodInMs": 1000
         *         }
         *       }
         *     }
         */
        CappingServices: {
            action?: components["schemas"]["ServiceLimit"];
            dataSource?: components["schemas"]["ServiceLimit"];
        };
        /**
         * @description The limit for one kind of caller (documented).
         * @example {
         *       "maxHttpConnections": 50,
         *       "rating": {
         *         "maxCallsCount": 500,
         *         "periodInMs": 1000
         *       }
         *     }
         */
        ServiceLimit: {
            /**
             * Format: int64
             * @description Connections open to the endpoint at the same time, a count. Absent means no limit (documented, warning 106). The documentation says at most 400, the vendor's samples use up to 30000.
             * @example 50
             */
            maxHttpConnections?: number;
            rating: components["schemas"]["Rating"];
        };
        /**
         * @description A number of calls in a period (documented).
         * @example {
         *       "maxCallsCount": 500,
         *       "periodInMs": 1000
         *     }
         */
        Rating: {
            /**
             * Format: int64
             * @description Calls allowed in one period, a count, at least 1 (documented, code 107; one page says more than 1).
             * @example 500
             */
            maxCallsCount: number;
            /**
             * Format: int64
             * @description Length of the period in milliseconds, more than 0 (documented, code 108).
             * @example 1000
             */
            periodInMs: number;
        };
        /**
         * @description An HTTP method as AJO spells it; OPTIONS is `OPTION` here (documented: vendor's specification).
         * @example GET
         */
        HttpMethod: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTION" | (string & {});
        /**
         * @description State of a configuration in its life cycle (documented).
         * @example deployed
         */
        ConfigState: "created" | "updated" | "deployed" | (string & {});
        /**
         * @description A capping configuration as the service keeps it (documented).
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "_id": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "url": "https://api.example.org/data/2.5/*",
         *       "methods": [
         *         "GET"
         *       ],
         *       "services": {
         *         "dataSource": {
         *           "rating": {
         *             "maxCallsCount": 500,
         *             "periodInMs": 1000
         *           }
         *         }
         *       },
         *       "state": "created",
         *       "hasBeenDeployed": false,
         *       "orgId": "0123456789ABCDEF01234567@AdobeOrg",
         *       "tenantId": "prod",
         *       "sandboxName": "prod",
         *       "sandboxId": "37fc5780-e3de-11e9-a3bb-d7c554480df4",
         *       "authoringFormatVersion": "1.0"
         *     }
         */
        CappingConfig: {
            uid: components["schemas"]["Uid"];
            /**
             * @description Internal identifier; the same as `uid` in every published sample (observed).
             * @example 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            _id?: string;
            /**
             * @description URL of the endpoint; empty when the service did not say (documented).
             * @default
             * @example https://api.example.org/data/2.5/*
             */
            url?: string;
            /**
             * @description The HTTP methods that are limited (documented).
             * @example [
             *       "GET"
             *     ]
             */
            methods?: components["schemas"]["HttpMethod"][];
            services?: components["schemas"]["AnsweredServices"];
            state?: components["schemas"]["ConfigState"];
            /**
             * @description Whether a definition of it is deployed now; false again after undeploy (documented).
             * @example true
             */
            hasBeenDeployed?: boolean;
            deployedConfig?: components["schemas"]["DeployedCapping"];
            metadata?: components["schemas"]["ConfigMetadata"];
            /**
             * @description The organization it belongs to (documented).
             * @example 0123456789ABCDEF01234567@AdobeOrg
             */
            orgId?: string;
            /**
             * @description Internal name of the tenant; `prod` in the published samples (observed).
             * @example prod
             */
            tenantId?: string;
            /**
             * @description Name of the sandbox it belongs to (documented).
             * @example prod
             */
            sandboxName?: string;
            /**
             * @description Identifier of that sandbox (documented).
             * @example 37fc5780-e3de-11e9-a3bb-d7c554480df4
             */
            sandboxId?: string;
            /**
             * @description Version of the stored format; "1.0" in every published sample (observed).
             * @example 1.0
             */
            authoringFormatVersion?: string;
        };
        /**
         * @description The definition as it was last deployed (documented). It carries its identifier as `uid`; one sample says `id` instead, which is not modeled because it would share a Rust name with `_id`.
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "url": "https://api.example.org/data/2.5/*",
         *       "methods": [
         *         "GET"
         *       ],
         *       "services": {
         *         "dataSource": {
         *           "maxHttpConnections": -1,
         *           "rating": {
         *             "maxCallsCount": 500,
         *             "periodInMs": 1000
         *           }
         *         }
         *       }
         *     }
         */
        DeployedCapping: {
            uid?: components["schemas"]["Uid"];
            /**
             * @description Internal identifier (documented).
             * @example 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            _id?: string;
            /**
             * @description URL of the endpoint; empty when the service did not say (documented).
             * @default
             * @example https://api.example.org/data/2.5/*
             */
            url?: string;
            /**
             * @description The HTTP methods that are limited (documented).
             * @example [
             *       "GET"
             *     ]
             */
            methods?: components["schemas"]["HttpMethod"][];
            services?: components["schemas"]["AnsweredServices"];
            /**
             * @description The organization it belongs to (documented).
             * @example 0123456789ABCDEF01234567@AdobeOrg
             */
            orgId?: string;
            /**
             * @description Internal name of the tenant (documented).
             * @example prod
             */
            tenantId?: string;
            /**
             * @description Name of the sandbox it belongs to (documented).
             * @example prod
             */
            sandboxName?: string;
            /**
             * @description Identifier of that sandbox (documented).
             * @example 37fc5780-e3de-11e9-a3bb-d7c554480df4
             */
            sandboxId?: string;
        };
        /**
         * @description `services` as the service answers it; like CappingServices, with nothing guaranteed (documented).
         * @example {
         *       "dataSource": {
         *         "rating": {
         *           "maxCallsCount": 500,
         *           "periodInMs": 1000
         *         }
         *       }
         *     }
         */
        AnsweredServices: {
            action?: components["schemas"]["AnsweredLimit"];
            dataSource?: components["schemas"]["AnsweredLimit"];
        };
        /**
         * @description The limit for one kind of caller as the service answers it (documented).
         * @example {
         *       "maxHttpConnections": -1,
         *       "rating": {
         *         "maxCallsCount": 500,
         *         "periodInMs": 1000
         *       }
         *     }
         */
        AnsweredLimit: {
            /**
             * Format: int64
             * @description Connections open at the same time, a count; -1 in a deployed definition that set none (observed).
             * @example -1
             */
            maxHttpConnections?: number;
            rating?: components["schemas"]["AnsweredRating"];
        };
        /**
         * @description A number of calls in a period as the service answers it (documented).
         * @example {
         *       "maxCallsCount": 500,
         *       "periodInMs": 1000
         *     }
         */
        AnsweredRating: {
            /**
             * Format: int64
             * @description Calls allowed in one period, a count (documented).
             * @example 500
             */
            maxCallsCount?: number;
            /**
             * Format: int64
             * @description Length of the period in milliseconds (documented).
             * @example 1000
             */
            periodInMs?: number;
        };
        /**
         * @description Who did what when. Times are RFC 3339 in UTC with up to microseconds (documented by the samples). `lastModifiedAt` is the only marker of a version.
         * @example {
         *       "createdBy": "A. Engineer",
         *       "createdAt": "2026-03-09T18:21:52.432963Z",
         *       "lastModifiedAt": "2026-03-09T18:21:52.432963Z"
         *     }
         */
        ConfigMetadata: {
            /**
             * @description Name of the creator (documented).
             * @example A. Engineer
             */
            createdBy?: string;
            /**
             * @description Identifier of the creator (documented).
             * @example 5F1A@techacct.adobe.com
             */
            createdById?: string;
            /**
             * @description When it was created (documented).
             * @example 2026-03-09T18:21:52.432963Z
             */
            createdAt?: string;
            /**
             * @description Name of the last editor (documented).
             * @example A. Engineer
             */
            lastModifiedBy?: string;
            /**
             * @description Identifier of the last editor (documented).
             * @example 5F1A@techacct.adobe.com
             */
            lastModifiedById?: string;
            /**
             * @description When it was last edited (documented).
             * @example 2026-03-09T18:21:52.432963Z
             */
            lastModifiedAt?: string;
            /**
             * @description Name of the last deployer (documented).
             * @example A. Engineer
             */
            lastDeployedBy?: string;
            /**
             * @description Identifier of the last deployer (documented).
             * @example 5F1A@techacct.adobe.com
             */
            lastDeployedById?: string;
            /**
             * @description When it was last deployed (documented).
             * @example 2026-03-09T18:21:52.432963Z
             */
            lastDeployedAt?: string;
        };
        /**
         * @description Answer of `list`. An answer without `results` is an error, never an empty list (documented).
         * @example {
         *       "results": []
         *     }
         */
        CappingList: {
            /**
             * @description The configurations (documented).
             * @example []
             */
            results: components["schemas"]["CappingConfig"][];
        };
        /**
         * @description Answer of `get` (documented).
         * @example {
         *       "result": {
         *         "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *         "state": "created"
         *       }
         *     }
         */
        CappingRead: {
            result: components["schemas"]["CappingConfig"];
        };
        /**
         * @description Answer of `create` (documented).
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "uri": "/voyager/apis/endpointConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "resStatus": "created",
         *       "createdElement": {
         *         "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *         "state": "created"
         *       },
         *       "canDeploy": {
         *         "validationStatus": "ok"
         *       }
         *     }
         */
        CappingCreated: {
            uid: components["schemas"]["Uid"];
            /**
             * @description Internal path of the configuration (documented).
             * @example /voyager/apis/endpointConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            uri?: string;
            resStatus?: components["schemas"]["ResultStatus"];
            createdElement?: components["schemas"]["CappingConfig"];
            canDeploy?: components["schemas"]["CanDeploy"];
        };
        /**
         * @description Answer of `update` (documented).
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "resStatus": "updated",
         *       "updatedElement": {
         *         "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *         "state": "updated"
         *       },
         *       "canDeploy": {
         *         "validationStatus": "ok"
         *       }
         *     }
         */
        CappingUpdated: {
            uid: components["schemas"]["Uid"];
            /**
             * @description Internal path of the configuration (documented).
             * @example /voyager/apis/endpointConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            uri?: string;
            resStatus?: components["schemas"]["ResultStatus"];
            updatedElement?: components["schemas"]["CappingConfig"];
            canDeploy?: components["schemas"]["CanDeploy"];
        };
        /**
         * @description What the call did (documented).
         * @example created
         */
        ResultStatus: "created" | "updated" | (string & {});
        /**
         * @description Answer of `delete`, an empty object (documented).
         * @example {}
         */
        Deleted: Record<string, never>;
        /**
         * @description Answer of `can_deploy` (documented).
         * @example {
         *       "canDeploy": {
         *         "validationStatus": "ok"
         *       }
         *     }
         */
        CanDeployAnswer: {
            canDeploy: components["schemas"]["CanDeploy"];
        };
        /**
         * @description Whether a configuration can be deployed, and why not (documented).
         * @example {
         *       "validationStatus": "error",
         *       "reason": "1 error is currently blocking the publication",
         *       "errors": [
         *         {
         *           "errorCode": "ERR_ENDPOINTCONFIG_101",
         *           "error": "capping config: malformed url"
         *         }
         *       ]
         *     }
         */
        CanDeploy: {
            validationStatus?: components["schemas"]["ValidationStatus"];
            /**
             * @description A sentence for people (documented).
             * @example 1 error is currently blocking the publication
             */
            reason?: string;
            /**
             * @description What blocks the deployment (documented).
             * @example []
             */
            errors?: components["schemas"]["CanDeployError"][];
            /**
             * @description What does not block it; in the published sample, not in the vendor's schema (documented).
             * @example []
             */
            warnings?: components["schemas"]["CanDeployWarning"][];
        };
        /**
         * @description The verdict (documented).
         * @example ok
         */
        ValidationStatus: "ok" | "error" | (string & {});
        /**
         * @description One reason against the deployment (documented).
         * @example {
         *       "errorCode": "ERR_ENDPOINTCONFIG_101",
         *       "error": "capping config: malformed url"
         *     }
         */
        CanDeployError: {
            errorCode?: components["schemas"]["ServiceCode"];
            /**
             * @description What is wrong, in the service's words (documented).
             * @example capping config: malformed url
             */
            error?: string;
        };
        /**
         * @description One remark that does not block the deployment (documented).
         * @example {
         *       "warningCode": "ERR_ENDPOINTCONFIG_106",
         *       "warning": "capping config: max HTTP connections not defined: no limitation by default"
         *     }
         */
        CanDeployWarning: {
            warningCode?: components["schemas"]["ServiceCode"];
            /**
             * @description The remark, in the service's words (documented).
             * @example capping config: max HTTP connections not defined: no limitation by default
             */
            warning?: string;
            scope?: components["schemas"]["WarningScope"];
        };
        /**
         * @description What a warning is about (documented).
         * @example {
         *       "endpointConfigService": "dataSource"
         *     }
         */
        WarningScope: {
            /**
             * @description `action` or `dataSource` (documented).
             * @example dataSource
             */
            endpointConfigService?: string;
            /**
             * @description The URL of the configuration (documented).
             * @example https://api.example.org/data/2.5/weather
             */
            endpointConfigUrl?: string;
        };
        /**
         * @description A code of the service. Text such as ERR_ENDPOINTCONFIG_101 in the samples, an integer in the vendor's schema; both are read (documented).
         * @example ERR_ENDPOINTCONFIG_101
         */
        ServiceCode: string | number;
        /**
         * @description A failure of the authoring service: `error` is an object or a string that holds JSON. The gateway answers `error_code` and `message` instead, platform services answer problem+json (documented).
         * @example {
         *       "status": 500,
         *       "error": {
         *         "code": 1451,
         *         "family": "INPUT_OUTPUT_ERROR",
         *         "message": "..."
         *       },
         *       "requestId": "pxSRgsBzUKYcMyNlqc0paqIJZfc0qdAw"
         *     }
         */
        Failure: {
            /**
             * Format: int64
             * @description The HTTP status once more (documented).
             * @example 500
             */
            status?: number;
            /**
             * @description An object, or a string that holds one as JSON, with `code`, `family`, `message` and more (documented).
             * @example {
             *       "code": 1451,
             *       "family": "INPUT_OUTPUT_ERROR"
             *     }
             */
            error?: unknown;
            /**
             * @description Identifier of the request, to be named to Adobe's support (documented).
             * @example pxSRgsBzUKYcMyNlqc0paqIJZfc0qdAw
             */
            requestId?: string;
            /**
             * @description The gateway's code, text or a number (documented).
             * @example 403025
             */
            error_code?: unknown;
            /**
             * @description The gateway's message (documented).
             * @example Profile is not valid
             */
            message?: string;
        };
    };
}
