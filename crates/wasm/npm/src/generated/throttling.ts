// Generated from openapi/throttling.yaml by scripts/generate.mjs. Do not edit.

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
         * @description What a caller sends to create or overwrite the throttling configuration (documented).
         * @example {
         *       "name": "partner-api",
         *       "urlPattern": "https://partner.example.com/*",
         *       "methods": [
         *         "POST",
         *         "PUT"
         *       ],
         *       "maxThroughput": 400
         *     }
         */
        ThrottlingDefinition: {
            /**
             * @description A name for people, free text (documented).
             * @example partner-api
             */
            name?: string;
            /**
             * @description What it is for, free text (documented).
             * @example The partner's gateway stands 400 calls a second.
             */
            description?: string;
            /**
             * @description Pattern of the endpoint's URL; `*` stands for any text in the path, not in the host (documented: codes 104, 105).
             * @example https://partner.example.com/*
             */
            urlPattern: string;
            /**
             * @description The HTTP methods that are limited (documented, code 100).
             * @example [
             *       "POST",
             *       "PUT"
             *     ]
             */
            methods: components["schemas"]["HttpMethod"][];
            /**
             * Format: int64
             * @description Calls allowed per second, 200 to 5000 (documented, code 101).
             * @example 400
             */
            maxThroughput: number;
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
         * @description A throttling configuration as the service keeps it. No sample shows the deployed definition apart (documented).
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
         *       "_id": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7_37fc5780-e3de-11e9-a3bb-d7c554480df4",
         *       "name": "partner-api",
         *       "urlPattern": "https://partner.example.com/*",
         *       "methods": [
         *         "POST",
         *         "PUT"
         *       ],
         *       "maxThroughput": 400,
         *       "state": "created",
         *       "hasBeenDeployed": false,
         *       "sandboxName": "prod",
         *       "authoringFormatVersion": "1.0"
         *     }
         */
        ThrottlingConfig: {
            uid: components["schemas"]["Uid"];
            /**
             * @description `uid`, an underscore, and the id of the sandbox (observed).
             * @example 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7_37fc5780-e3de-11e9-a3bb-d7c554480df4
             */
            _id?: string;
            /**
             * @description A name for people, free text (documented).
             * @example partner-api
             */
            name?: string;
            /**
             * @description What it is for, free text (documented).
             * @example The partner's gateway stands 400 calls a second.
             */
            description?: string;
            /**
             * @description Pattern of the endpoint's URL; `*` stands for any text in the path, not in the host (documented: codes 104, 105).
             * @default
             * @example https://partner.example.com/*
             */
            urlPattern?: string;
            /**
             * @description The HTTP methods that are limited (documented, code 100).
             * @example [
             *       "POST",
             *       "PUT"
             *     ]
             */
            methods?: components["schemas"]["HttpMethod"][];
            /**
             * Format: int64
             * @description Calls allowed per second, 200 to 5000 (documented, code 101).
             * @example 400
             */
            maxThroughput?: number;
            state?: components["schemas"]["ConfigState"];
            /**
             * @description Whether it is deployed now (documented).
             * @example true
             */
            hasBeenDeployed?: boolean;
            metadata?: components["schemas"]["ConfigMetadata"];
            /**
             * @description The organization it belongs to (documented).
             * @example 0123456789ABCDEF01234567@AdobeOrg
             */
            orgId?: string;
            /**
             * @description Name of the production sandbox it was defined on (documented).
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
            /**
             * @description "1.0" once deployed (observed); its meaning is unknown.
             * @example 1.0
             */
            version?: string;
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
        ThrottlingList: {
            /**
             * @description The configurations, at most one (documented).
             * @example []
             */
            results: components["schemas"]["ThrottlingConfig"][];
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
        ThrottlingRead: {
            result: components["schemas"]["ThrottlingConfig"];
        };
        /**
         * @description Answer of `create` (documented).
         * @example {
         *       "uid": "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7",
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
        ThrottlingCreated: {
            uid: components["schemas"]["Uid"];
            /**
             * @description Internal path of the configuration (documented).
             * @example /voyager/apis/throttlingConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            uri?: string;
            resStatus?: components["schemas"]["ResultStatus"];
            createdElement?: components["schemas"]["ThrottlingConfig"];
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
        ThrottlingUpdated: {
            uid: components["schemas"]["Uid"];
            /**
             * @description Internal path of the configuration (documented).
             * @example /voyager/apis/throttlingConfigs/9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7
             */
            uri?: string;
            resStatus?: components["schemas"]["ResultStatus"];
            updatedElement?: components["schemas"]["ThrottlingConfig"];
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
